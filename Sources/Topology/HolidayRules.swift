/// Public holidays by country, as rules: what is the same in the whole country, or in nearly all of it.
///
/// A line is a country and its rules: `12-25` a date, `easter+39` days from Easter Sunday, `mon3-01` the third Monday of January, `mon-1-05`
/// the last one of May, `sat>=06-20` the first Saturday from a date on. After a rule, `:2021-` and `:-2023` are its first and last year;
/// `!next` adds the next free working day where it falls on a weekend, `!near` the Friday before a Saturday and the Monday after a
/// Sunday, `!before` puts what falls on a Sunday on the day before.
enum HolidayRules {
    static let text = """
        AT 01-01 01-06 easter+1 05-01 easter+39 easter+50 easter+60 08-15 10-26 11-01 12-08 12-25 12-26
        BE 01-01 easter+1 05-01 easter+39 easter+50 07-21 08-15 11-01 11-11 12-25
        CH 01-01 easter-2 easter+1 easter+39 easter+50 08-01 12-25 12-26
        DE 01-01 easter-2 easter+1 05-01 easter+39 easter+50 10-03 12-25 12-26
        DK 01-01 easter-3 easter-2 easter+0 easter+1 easter+26:-2023 easter+39 easter+49 easter+50 12-25 12-26
        ES 01-01 01-06 easter-2 05-01 08-15 10-12 11-01 12-06 12-08 12-25
        FR 01-01 easter+1 05-01 05-08 easter+39 easter+50 07-14 08-15 11-01 11-11 12-25
        GB 01-01!next easter-2 easter+1 mon1-05 mon-1-05 mon-1-08 12-25!next 12-26!next
        IT 01-01 01-06 easter+0 easter+1 04-25 05-01 06-02 08-15 10-04:2026- 11-01 12-08 12-25 12-26
        NL 01-01 easter+0 easter+1 04-27!before easter+39 easter+49 easter+50 12-25 12-26
        PL 01-01 01-06 easter+0 easter+1 05-01 05-03 easter+49 easter+60 08-15 11-01 11-11 12-24:2025- 12-25 12-26
        SE 01-01 01-06 easter-2 easter+0 easter+1 05-01 easter+39 easter+49 06-06 sat>=06-20 sat>=10-31 12-25 12-26
        US 01-01!near mon3-01 mon3-02 mon-1-05 06-19:2021-!near 07-04!near mon1-09 mon2-10 11-11!near thu4-11 12-25!near
        """
}
