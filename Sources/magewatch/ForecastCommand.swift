import ArgumentParser

/// `magewatch forecast`: what roles will need, and how good forecasts are.
struct ForecastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast", abstract: "What is ahead, and how well it is foreseen.",
        discussion: """
            EXAMPLES
              magewatch forecast web                          the next day of web, with bands
              magewatch forecast web --horizon 14d --output json
              magewatch forecast eval Hourly-train.csv Hourly-test.csv --horizon 48 --season 24
              magewatch forecast eval requests.csv --horizon 288 --season 288 --step 5m
            """,
        subcommands: [ForecastShowCommand.self, ForecastEvaluationCommand.self],
        defaultSubcommand: ForecastShowCommand.self)
}
