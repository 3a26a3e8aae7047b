internal import NIOCore
internal import ToolSupport

/// What gzlambda answers by itself: everything below `/.gzlambda/`.
enum OwnPages {
  static let prefix = "/.gzlambda/"

  static func answer(_ request: IncomingRequest, pool: EnvironmentPool, on exchange: FrontExchange) {
    guard request.path == prefix + "stats" else {
      return send(404, #"{"message":"gzlambda has no such page; there is /.gzlambda/stats"}"#, on: exchange)
    }
    guard request.method == "GET" || request.method == "HEAD" else {
      return send(405, #"{"message":"GET it"}"#, on: exchange)
    }
    let text = String(decoding: StatsDocument.make(pool).encoded(), as: UTF8.self)
    send(200, text + "\n", on: exchange)
  }

  private static func send(_ status: Int, _ text: String, on exchange: FrontExchange) {
    let length = text.utf8.count
    let fields: [FunctionResponse.Field] = [
      .init(name: "Content-Type", value: "application/json"), .init(name: "Cache-Control", value: "no-store"),
      .init(name: "Content-Length", value: String(length)),
    ]
    let framing: FrontHead.Framing = exchange.rules.isHead ? .none : .length(length)
    exchange.begin(FrontHead(status: status, reason: ReasonPhrase.of(status), fields: fields, framing: framing))
    exchange.write(ByteBuffer(string: text))
    exchange.end(trailers: [])
  }
}
