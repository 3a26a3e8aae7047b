internal import NIOCore

/// `hello`: one character every 50 ms, so that anyone can see whether a path streams or buffers.
final class HelloStream {
  private static let pace = TimeAmount.milliseconds(50)

  private let characters: [UInt8]
  private let context: ProblemResponse.Context
  private let port: ChannelPort
  private let eventLoop: any EventLoop
  private let done: (_ keep: Bool) -> Void
  private var position = 0
  private var task: RepeatedTask?
  private let isChunked: Bool

  init(
    facts: RequestFacts, context: ProblemResponse.Context, port: ChannelPort, eventLoop: any EventLoop,
    done: @escaping (_ keep: Bool) -> Void
  ) {
    characters = Array("[\(facts.requestID)] This is streaming from gzproxy!".utf8)
    isChunked = facts.version == .http11
    var context = context
    // Without chunks only the connection's end can end the body.
    if !isChunked { context.closes = true }
    self.context = context
    self.port = port
    self.eventLoop = eventLoop
    self.done = done
  }

  func start() {
    var head = LocalResponse.head(status: 200, context: context)
    head.writeStaticString("content-type: text/plain; charset=utf-8\r\n")
    if isChunked { head.writeStaticString("transfer-encoding: chunked\r\n") }
    head.writeStaticString("\r\n")
    port.send(head)
    port.flush()
    guard port.isOpen else { return }
    if context.toHead { return done(!context.closes) }
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    task = eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.pace) { _ in bound.value.step() }
  }

  func stop() {
    task?.cancel()
    task = nil
  }

  private func step() {
    guard task != nil, port.isOpen else { return stop() }
    if position < characters.count {
      let character = String(decoding: [characters[position]], as: UTF8.self)
      position += 1
      port.send(ByteBuffer(string: isChunked ? "1\r\n\(character)\r\n" : character))
      port.flush()
    } else {
      stop()
      if isChunked { port.send(ByteBuffer(staticString: "0\r\n\r\n")) }
      port.flush()
      if port.isOpen { done(!context.closes) }
    }
  }
}
