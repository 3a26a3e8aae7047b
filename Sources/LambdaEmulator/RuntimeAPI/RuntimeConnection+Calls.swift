internal import NIOCore
internal import NIOHTTP1

/// What a runtime calls, part by part.
extension RuntimeConnection {
  func process() {
    _ = intake.take(unless: { isBlocked }, { take($0) })
  }

  private var isBlocked: Bool {
    if case .finishing = state { true } else { false }
  }

  private func take(_ part: HTTPServerRequestPart) {
    switch (state, part) {
    case (.idle, .head(let head)): begin(head)
    case (.parked, .end), (.idle, .end), (.closing, _): break
    case (.uploading, .body(let buffer)):
      bodyLeft = bodyLeft.map { $0 - buffer.readableBytes }
      receiver?.receive(buffer)
    case (.uploading, .end(let trailers)):
      state = .finishing
      receiver?.receivedEnd(trailers)
    case (.collecting(let route, let fields, var body), .body(let buffer)):
      // Held by nobody else, or every piece would copy all that came before.
      state = .idle
      // One byte more than allowed is enough to tell.
      body.writeImmutableBuffer(buffer.prefix(max(0, environment.errorBodyLimit + 1 - body.readableBytes)))
      state = .collecting(route, fields, body)
    case (.collecting(let route, let fields, let body), .end):
      state = .idle
      report(route, fields, body)
    case (.discarding(let budget, let answer), .body(let buffer)): discard(budget - buffer.readableBytes, answer)
    case (.discarding(_, let answer), .end):
      state = .idle
      if let answer { write(answer) }
    default: close()
    }
  }

  private func begin(_ head: HTTPRequestHead) {
    keepsAlive = head.isKeepAlive
    bodyLeft = head.headers.first(name: "content-length").flatMap { Int($0) }
    if head.expectsContinue {
      send(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n"))
    }
    let route = RuntimeRoute(head.method, head.uri)
    switch route {
    case .next:
      state = .parked
      environment.next(self)
    case .response(let id): upload(id, head.headers)
    case .error, .initError:
      state = .collecting(route, head.headers, ByteBuffer())
    case .ping: refuse(.pong)
    case .notFound: refuse(.notFound)
    case .methodNotAllowed: refuse(.methodNotAllowed)
    }
  }

  private func upload(_ id: String, _ fields: HTTPHeaders) {
    state = .uploading
    switch environment.response(id, fields, source: self) {
    case .success(let receiver): self.receiver = receiver
    case .failure(let refusal): refuse(refusal.answer)
    }
  }

  private func report(_ route: RuntimeRoute, _ fields: HTTPHeaders, _ body: ByteBuffer) {
    let answer =
      switch route {
      case .error(let id): environment.error(id, fields, body)
      default: environment.initError(fields, body)
      }
    write(answer)
  }

  /// Answers although the body may still be coming.
  func refuse(_ answer: RuntimeAnswer) {
    let isLong = bodyLeft.map { $0 >= Self.discardLimit } ?? false
    guard answer.closes || isLong else {
      state = .discarding(budget: Self.discardLimit, answer: answer)
      return
    }
    state = .discarding(budget: Self.discardLimit, answer: nil)
    write(answer.closing)
  }

  private func discard(_ left: Int, _ answer: RuntimeAnswer?) {
    state = .discarding(budget: left, answer: answer)
    guard left <= 0 else { return }
    if let answer { write(answer.closing) } else { close() }
  }
}

extension ByteBuffer {
  fileprivate func prefix(_ count: Int) -> ByteBuffer {
    getSlice(at: readerIndex, length: min(count, readableBytes)) ?? ByteBuffer()
  }
}
