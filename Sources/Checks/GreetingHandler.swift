import NIOCore

/// Asks for a greeting, judges it and takes leave.
final class GreetingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let greeting: Greeting
    private let done: EventLoopPromise<Void>
    private var received: [UInt8] = []
    private var isGood = false

    init(_ greeting: Greeting, done: EventLoopPromise<Void>) {
        self.greeting = greeting
        self.done = done
    }

    func channelActive(context: ChannelHandlerContext) {
        if !greeting.request.isEmpty { send(greeting.request, context) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // What follows the farewell says no more than that it was read.
        if isGood { return done.succeed() }
        received += unwrapInboundIn(data).readableBytesView
        switch greeting.accepts(received) {
        case true?:
            isGood = true
            if greeting.farewell.isEmpty { done.succeed() } else { send(greeting.farewell, context) }
        case false?: done.fail(WrongGreeting(received))
        case nil where received.count >= Greeting.maximumBytes: done.fail(WrongGreeting(received))
        case nil: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        done.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isGood { done.succeed() } else { done.fail(WrongGreeting(received)) }
    }

    private func send(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: bytes)), promise: nil)
    }
}

/// Something else was said than the service says.
struct WrongGreeting: Error, CustomStringConvertible {
    let description: String

    init(_ bytes: [UInt8]) {
        let shown = bytes.prefix(40).map { 32...126 ~= $0 ? Character(Unicode.Scalar($0)) : "." }
        description =
            bytes.isEmpty ? "it closed without a word" : "it says '\(String(shown))', which is not this service's greeting"
    }
}
