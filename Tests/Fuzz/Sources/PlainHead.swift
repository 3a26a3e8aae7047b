internal import NIOCore

/// A head as plain bytes, so that two of them can be compared and one can be written again.
struct PlainHead: Equatable {
  struct Field: Equatable {
    /// As it came.
    var name: [UInt8]
    var value: [UInt8]
    /// ASCII lower case.
    var key: String { String(decoding: name.map { (65...90).contains($0) ? $0 + 32 : $0 }, as: UTF8.self) }
    var text: String { String(decoding: value, as: UTF8.self) }
  }

  /// Method and target, or status and reason.
  var first: [UInt8]
  var second: [UInt8]
  var version: MessageHead.Version
  var fields: [Field]

  init(_ head: MessageHead) {
    func copy(_ extent: MessageHead.Extent) -> [UInt8] { head.withBytes { Array($0[extent.range]) } }
    switch head.start {
    case .request(_, let method, let target):
      first = copy(method)
      second = copy(target)
    case .response(let status, let reason):
      first = Array(String(status).utf8)
      second = copy(reason)
    case .trailers:
      first = []
      second = []
    }
    version = head.version
    fields = head.fields.map { Field(name: copy($0.name), value: copy($0.value)) }
  }

  func values(_ key: String) -> [Field] { fields.filter { $0.key == key } }

  /// The head in its plainest spelling.
  func written(_ kind: HeadParser.Kind) -> [UInt8] {
    let version = Array((version == .http11 ? "HTTP/1.1" : "HTTP/1.0").utf8)
    var out: [UInt8] = []
    switch kind {
    case .request: out = first + [32] + second + [32] + version + [13, 10]
    case .response: out = version + [32] + first + [32] + second + [13, 10]
    case .trailers: break
    }
    for field in fields { out += field.name + [58, 32] + field.value + [13, 10] }
    return out + [13, 10]
  }
}

/// What the parser made of some bytes.
enum ParsedHead: Equatable {
  case incomplete
  case fault(HeadFault)
  case head(PlainHead, left: Int)

  static func of(
    _ kind: HeadParser.Kind, _ pieces: [[UInt8]], limits: HeadLimits = HeadLimits()
  ) -> (outcome: ParsedHead, head: MessageHead?) {
    var parser = HeadParser(kind, limits: limits)
    var buffer = ByteBuffer()
    var taken = 0
    let total = pieces.reduce(0) { $0 + $1.count }
    for piece in pieces {
      buffer.writeBytes(piece)
      taken += piece.count
      switch parser.parse(&buffer) {
      case .incomplete: continue
      case .fault(let fault): return (.fault(fault), nil)
      case .head(let head):
        return (.head(PlainHead(head), left: buffer.readableBytes + total - taken), head)
      }
    }
    return (.incomplete, nil)
  }
}
