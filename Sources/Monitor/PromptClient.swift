package import AsyncHTTPClient

extension HTTPClient {
    /// A client that says at once when nobody listens.
    ///
    /// The shared one tries to connect until the request's time is over: a dead agent would look slow, what is done about it would come
    /// late, and a command without a monitor would hang.
    package static let prompt: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }()
}
