/// A token of SQL, of whatever dialect: what one database would not accept, another may.
struct SQLToken: Sendable, Equatable {
    enum Kind: UInt8, Sendable {
        case number, string, word, variable
        /// `and`, `or`, `xor`, `&&`, `||`
        case logic
        /// `= <> like between …`: what makes a condition.
        case comparison
        /// `+ - * / % ^ & | ~ div`
        case arithmetic
        case not
        case union, select, statement, clause
        /// A word that is a function of SQL; a call if a parenthesis follows.
        case function
        /// `null true false default`, dates and users without parentheses.
        case constant
        case leftParenthesis, rightParenthesis, comma, semicolon, dot, comment, other
    }

    var kind: Kind
    var start: Int
    var end: Int
    /// The word, as a hash, to tell keywords apart.
    var word: UInt64 = 0
    /// A string whose closing quote is missing, or a comment that goes to the end.
    var isOpen = false
}

/// Words of SQL and what they are.
enum SQLWords {
    static func hash(_ text: String) -> UInt64 { text.utf8.reduce(seed) { step($0, $1) } }

    static let seed: UInt64 = 0xcbf2_9ce4_8422_2325
    static func step(_ hash: UInt64, _ byte: UInt8) -> UInt64 { (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }

    static let kinds: [UInt64: SQLToken.Kind] = {
        var kinds: [UInt64: SQLToken.Kind] = [:]
        for (kind, words) in table {
            for word in words.split(separator: " ") { kinds[hash(String(word))] = kind }
        }
        return kinds
    }()

    private static let table: [(SQLToken.Kind, String)] = [
        (.logic, "and or xor"),
        (.comparison, "like rlike regexp ilike between in is sounds similar glob match"),
        (.arithmetic, "div mod collate"),
        (.not, "not binary exists distinct any some all"),
        (.union, "union intersect except minus"),
        (.select, "select"),
        (
            .statement,
            """
            insert update delete drop create alter truncate exec execute declare shutdown grant revoke load call merge \
            replace rename begin waitfor set show describe handler kill attach pragma vacuum prepare backup restore goto \
            print go bulk use commit rollback dbcc copy
            """
        ),
        (
            .clause,
            """
            from where having group order by limit offset into values as case when then else end join on using procedure \
            escape with returning outfile dumpfile against fetch top inner outer natural over partition table
            """
        ),
        (
            .constant,
            """
            null true false current_user current_date current_time current_timestamp session_user system_user localtime sysdate utc_date \
            utc_time utc_timestamp localtimestamp rownum user_name
            """
        ),
        (
            .function,
            """
            abs acos adddate aes_decrypt aes_encrypt ascii asin atan avg benchmark bin bin_to_num bit_and bit_count bit_length \
            bit_or bit_xor cast ceil ceiling char char_length character_length charindex chr coalesce coercibility compress concat \
            concat_ws connection_id conv convert cos cot count crc32 crypt_key curdate current_database current_schema curtime database \
            date_add date_format date_sub datediff db_id db_name dbms_assert decode degrees des_decrypt difference elt encode encrypt exp \
            export_set extractvalue field file_read filetoblob filetoclob find_in_set floor format from_base64 generate_series \
            get_lock getdate greatest group_concat has_dbaccess hex host_name if ifnull iif inet_aton instr \
            is_srvrolemember is_member isnull json_keys json_extract last_insert_id lcase least left len length ln load_extension \
            load_file locate log log10 log2 lower lpad ltrim make_set makedate master_pos_wait md5 mid min max month name_const nchar \
            newid nullif nvl object_id object_name oct openrowset ord password patindex pg_sleep pg_user pi position pow power \
            query_to_xml quote quotename radians rand random randomblob regexp_substring regexp_replace release_lock repeat \
            reverse right round row row_count row_to_json rpad rtrim schema_name serverproperty sha sha1 sha2 sign sin sleep soundex \
            space sqlite_version sqrt stddev str str_to_date strcmp string_agg stuff substr substring substring_index suser_name \
            suser_sname sum tan to_base64 to_char to_number to_date trim uncompress unhex unix_timestamp updatexml upper ucase user \
            utl_inaddr uuid variance version xmltype xp_cmdshell xmlagg zeroblob weight_string unicode typeof \
            current_setting dbms_pipe dbms_lock dbms_utility utl_http user_lock httpuritype polygon multipoint linestring point \
            schema geometrycollection multilinestring multipolygon gtid_subset st_latfromgeohash procedure_analyse array_agg lag lead \
            instr2 sys_context sys_eval sys_exec translate hextoraw rawtohex tochar
            """
        ),
    ]

    /// Functions that only serve to wait, to read files, to run programs, or to speak through errors.
    static let weapons = set(
        """
        sleep benchmark pg_sleep extractvalue updatexml load_file load_extension xp_cmdshell randomblob generate_series dbms_pipe dbms_lock \
        dbms_utility utl_inaddr utl_http user_lock httpuritype crypt_key regexp_substring json_keys xmltype get_lock \
        master_pos_wait make_set elt export_set name_const gtid_subset filetoblob filetoclob serverproperty is_srvrolemember openrowset \
        sys_eval sys_exec query_to_xml sqlite_version current_setting st_latfromgeohash group_concat current_database db_name
        """)

    /// Schemas that only whoever does not know a database asks.
    static let catalogues = set(
        """
        information_schema sysibm sysobjects sysusers sysdatabases syscolumns pg_catalog pg_tables pg_user pg_shadow sqlite_master \
        sqlite_schema all_tables user_tables all_users v$version dual msysaccessobjects sysmaster systables xtype mysql
        """)

    static let union = hash("union")
    static let from = hash("from")
    static let wher = hash("where")
    static let having = hash("having")
    static let order = hash("order")
    static let group = hash("group")
    static let by = hash("by")
    static let into = hash("into")
    static let outfile = hash("outfile")
    static let dumpfile = hash("dumpfile")
    static let procedure = hash("procedure")
    static let kase = hash("case")
    static let when = hash("when")
    static let then = hash("then")
    static let all = hash("all")
    static let distinct = hash("distinct")
    static let limit = hash("limit")
    static let end = hash("end")
    static let values = hash("values")
    static let as_ = hash("as")
    static let on = hash("on")
    static let table_ = hash("table")
    static let database = hash("database")

    private static func set(_ words: String) -> Set<UInt64> {
        Set(words.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { hash(String($0)) })
    }
}
