internal import NIOCore
internal import ToolSupport

/// One request's response on a front's connection. Makes the bytes itself: what a front answers is reproduced to the letter, and
/// some of it is cut off on purpose.
final class FrontExchange: ResponseSink {
  private enum State { case head, body, ended }

  let rules: FrontRules
  var onWritable: (() -> Void)?
  private weak var connection: FrontConnection?
  private var state = State.head
  private var framing = FrontHead.Framing.none
  private var keepsAlive = true
  /// Of a body of known length.
  private var owed = 0
  private var pieces: [ByteBuffer] = []
  private var pending = 0
  private static let lineEnd = ByteBuffer(string: "\r\n")

  init(connection: FrontConnection, rules: FrontRules) {
    self.connection = connection
    self.rules = rules
  }

  var isOpen: Bool { connection != nil }
  var isWritable: Bool { connection?.isWritable ?? true }

  func clientLeft() {
    connection = nil
    pieces.removeAll()
    // Whoever waits for room has to go on.
    onWritable?()
  }

  func refuse(_ cause: FrontCause) {
    guard state == .head, connection != nil else { return }
    let answer = FrontAnswer.make(rules.front, cause, requestID: rules.requestID, traceID: rules.traceID)
    let framing: FrontHead.Framing = rules.isHead ? .none : .length(answer.body.utf8.count)
    begin(FrontHead(status: answer.status, reason: answer.reason, fields: answer.fields, framing: framing))
    write(ByteBuffer(string: answer.body))
    end(trailers: [])
  }

  func begin(_ head: FrontHead) {
    guard state == .head else { return }
    state = .body
    guard let connection else { return }
    framing = head.framing
    keepsAlive = connection.mayKeepAlive && framing != .close
    if case .length(let length) = framing { owed = length }
    var bytes = ByteBuffer()
    head.write(to: &bytes, date: HTTPDate.format(EventTime.milliseconds() / 1000), keepsAlive: keepsAlive)
    connection.send(bytes)
  }

  func write(_ buffer: ByteBuffer) {
    guard state == .body, connection != nil, framing != .none, buffer.readableBytes > 0 else { return }
    var buffer = buffer
    if case .length = framing {
      guard let fitting = buffer.readSlice(length: min(owed, buffer.readableBytes)) else { return }
      // An empty piece would keep all that was read with it.
      guard fitting.readableBytes > 0 else { return }
      buffer = fitting
      owed -= buffer.readableBytes
    }
    pieces.append(buffer)
    pending += buffer.readableBytes
  }

  /// One chunk for everything that is pending.
  func flush() {
    guard let connection else { return }
    if pending > 0 {
      if framing == .chunked { connection.send(sizeLine(pending)) }
      for piece in pieces { connection.send(piece) }
      if framing == .chunked { connection.send(Self.lineEnd) }
      pieces.removeAll(keepingCapacity: true)
      pending = 0
    }
    connection.flush()
  }

  private func sizeLine(_ count: Int) -> ByteBuffer { ByteBuffer(string: String(count, radix: 16) + "\r\n") }

  func end(trailers: [FunctionResponse.Field]) {
    guard state == .body else { return }
    flush()
    // A body shorter than its length can only be told by the connection's end, and so can an error where no trailers are.
    guard owed == 0, trailers.isEmpty || framing == .chunked || framing == .none else { return cut() }
    state = .ended
    if framing == .chunked {
      var last = ByteBuffer(string: "0\r\n")
      for field in trailers { last.writeString("\(field.name): \(field.value)\r\n") }
      last.writeStaticString("\r\n")
      connection?.send(last)
    }
    leave(keepsAlive: keepsAlive)
  }

  func cut() {
    guard state == .body else { return }
    flush()
    state = .ended
    // With its length told, or in chunks, a body that ends early is seen to be cut.
    if framing == .close { connection?.reset() }
    leave(keepsAlive: false)
  }

  private func leave(keepsAlive: Bool) {
    let connection = connection
    self.connection = nil
    onWritable = nil
    connection?.exchangeEnded(keepsAlive: keepsAlive)
  }
}
