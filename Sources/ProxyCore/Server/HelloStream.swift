internal import NIOCore

/// `hello`: one character every 50 ms, so that anyone can see whether a path streams or buffers.
final class HelloStream {
  private static let pace = TimeAmount.milliseconds(50)

  private let characters: [UInt8]
  private let context: ProblemResponse.Context
  /// Held while it greets; whoever drops the stream cuts the circle.
  private let ingress: any Ingress
  private let done: (_ keep: Bool) -> Void
  private var position = 0
  private var task: RepeatedTask?
  private let isChunked: Bool

  init(
    facts: RequestFacts, context: ProblemResponse.Context, ingress: any Ingress,
    done: @escaping (_ keep: Bool) -> Void
  ) {
    characters = Array("[\(facts.requestID)] This is streaming from gzproxy!".utf8)
    isChunked = ingress.delivery.framing == .http(.http11) && facts.version == .http11
    var context = context
    // Without chunks only the connection's end can end the body, where nobody else frames it.
    if !isChunked, ingress.delivery.framing != .bare { context.closes = true }
    self.context = context
    self.ingress = ingress
    self.done = done
  }

  func start() {
    var head = LocalResponse.head(status: 200, context: context)
    head.writeStaticString("content-type: text/plain; charset=utf-8\r\n")
    if isChunked { head.writeStaticString("transfer-encoding: chunked\r\n") }
    head.writeStaticString("\r\n")
    ingress.port.send(ingress.streamedHead(head))
    ingress.port.flush()
    guard ingress.isAnswering else { return }
    if context.toHead { return done(!context.closes) }
    let bound = NIOLoopBound(self, eventLoop: ingress.loop.eventLoop)
    task = ingress.loop.eventLoop.scheduleRepeatedTask(initialDelay: .zero, delay: Self.pace) { _ in bound.value.step()
    }
  }

  func stop() {
    task?.cancel()
    task = nil
  }

  private func step() {
    guard task != nil, ingress.isAnswering else { return stop() }
    if position < characters.count {
      let character = String(decoding: [characters[position]], as: UTF8.self)
      position += 1
      send(ByteBuffer(string: isChunked ? "1\r\n\(character)\r\n" : character))
    } else {
      stop()
      if isChunked { send(ByteBuffer(staticString: "0\r\n\r\n")) }
      if ingress.isAnswering { done(!context.closes) }
    }
  }

  private func send(_ piece: ByteBuffer) {
    ingress.frame(piece) { ingress.port.send($0) }
    ingress.port.flush()
  }
}
