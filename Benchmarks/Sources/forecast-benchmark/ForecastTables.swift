/// The tables that one command of the program prints.
struct ForecastTables {
    let all: [(title: String, arguments: [String])]

    init(_ options: ForecastOptions) {
        let m4 = options.files("m4", ["Hourly-train.csv"])
        let truth = options.files("m4", ["Hourly-test-odd.csv"])
        let aws = options.files(
            "nab/realAWSCloudwatch",
            [
                "elb_request_count_8c0756.csv", "ec2_cpu_utilization_825cc2.csv", "rds_cpu_utilization_cc0c53.csv",
                "grok_asg_anomaly.csv",
            ])
        let eval = ["forecast", "eval"]
        let hourly = ["--horizon", "48", "--season", "24"]
        var tables: [(String, [String])] = [
            ("M4 Hourly, the tests of the odd series", eval + m4 + truth + hourly),
            ("M4 Hourly, the last 48 values of every series held back", eval + m4 + hourly),
            (
                "Operations series at 5 min: 5 min, 30 min, 2 h, 24 h ahead",
                eval + options.traces + aws + ["--step", "5m", "--season", "288", "--leads", "1,6,24,288"]
            ),
        ]
        if let labels = options.labels {
            tables.append(
                ("NAB, AWS metrics", ["anomalies", "eval", "--labels", labels] + options.files("nab/realAWSCloudwatch")))
        }
        all = tables
    }
}
