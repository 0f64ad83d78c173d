import NIOCore

/// Holds a connection's first bytes until they tell what is spoken, and then until somebody takes the connection over.
///
/// Reading stops between the two, so what waits here is one read's worth of bytes.
final class RecognitionHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = Never

    private let verdict: EventLoopPromise<ProtocolRecognizer.Verdict>
    private let pinned: IngestProtocol?
    private let patience: TimeAmount
    private var recognizer = ProtocolRecognizer()
    private var held: [ByteBuffer] = []
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var isDecided = false
    private var wantsRead = false
    private var sawEnd = false

    init(verdict: EventLoopPromise<ProtocolRecognizer.Verdict>, pinned: IngestProtocol?, patience: TimeAmount) {
        self.verdict = verdict
        self.pinned = pinned
        self.patience = patience
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if let pinned { decide(.recognised(pinned)) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        timer?.cancel()
        if !isDecided { verdict.fail(ChannelError.eof) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        if !isDecided {
            isDecided = true
            verdict.fail(ChannelError.eof)
        }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        held.append(buffer)
        guard !isDecided else { return }
        decide(recognizer.feed(buffer.readableBytesView))
        guard !isDecided, timer == nil else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: patience) { self.settle() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .inputClosed? = event as? ChannelEvent {
            sawEnd = true
            settle()
            if !isDecided { context.close(promise: nil) }
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func read(context: ChannelHandlerContext) {
        if isDecided { wantsRead = true } else { context.read() }
    }

    /// Lets go of what was held, into the handlers that were added behind, and leaves the pipeline.
    func release() {
        guard let context else { return }
        for buffer in held { context.fireChannelRead(wrapInboundOut(buffer)) }
        if !held.isEmpty { context.fireChannelReadComplete() }
        held = []
        if sawEnd { context.fireUserInboundEventTriggered(ChannelEvent.inputClosed) }
        if wantsRead { context.read() }
        context.pipeline.syncOperations.removeHandler(context: context, promise: nil)
    }

    private func settle() {
        guard !isDecided else { return }
        decide(recognizer.settle())
    }

    private func decide(_ found: ProtocolRecognizer.Verdict) {
        guard found != .undecided, !isDecided else { return }
        isDecided = true
        timer?.cancel()
        verdict.succeed(found)
    }
}
