import ArgumentParser

/// `magewatch forecast`: what roles will need, and how good forecasts are.
struct ForecastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast", abstract: "What is ahead, and how well it is foreseen.",
        discussion: """
            EXAMPLES
              magewatch forecast eval Hourly-train.csv Hourly-test.csv --horizon 48 --season 24
              magewatch forecast eval requests.csv --horizon 288 --season 288 --step 5m
            """,
        subcommands: [ForecastEvaluationCommand.self])
}
