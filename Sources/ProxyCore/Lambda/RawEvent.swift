internal import ToolSupport

/// The members of an event that matter, read in one pass; all else is passed over, whatever its shape.
struct RawEvent {
  var version: String?
  var httpMethod: String?
  var path: String?
  var rawPath: String?
  var rawQuery: String?
  var cookies: [String] = []
  var headers: [LambdaEvent.Field] = []
  /// Nil where the event has none, or null.
  var multiHeaders: [LambdaEvent.Field]?
  var parameters: [LambdaEvent.Field] = []
  var multiParameters: [LambdaEvent.Field]?
  var hasResource = false
  var hasContext = false
  var body: [UInt8] = []
  var isBase64 = false
  var context = Context()
  var isEmpty = true
  var source: String?
  var detailType: String?
  var isWarmer = false

  /// `requestContext`.
  struct Context {
    var isBalancer = false
    var hasHTTP = false
    var method: String?
    var path: String?
    var apiID: String?
    var sourceAddress: String?
    var domainName: String?
    var stage: String?
  }

  struct Malformed: Error {}

  /// - Throws: when the bytes are no JSON, or a body is not what it says it is.
  init(_ bytes: UnsafeRawBufferPointer) throws(Malformed) {
    do {
      try read(bytes)
    } catch {
      throw Malformed()
    }
  }

  private mutating func read(_ bytes: UnsafeRawBufferPointer) throws(JSONScanner.Malformed) {
    var scanner = JSONScanner(bytes)
    guard scanner.kind() == .object else {
      isEmpty = scanner.kind() == .null
      try scanner.skip()
      return try scanner.end()
    }
    var rawBody: Range<Int>?
    try scanner.object { (name, scanner) throws(JSONScanner.Malformed) in
      isEmpty = false
      if name == "body", scanner.kind() == .string {
        rawBody = try scanner.rawString()
      } else {
        try member(name, &scanner)
      }
    }
    try scanner.end()
    if let rawBody { body = try Self.body(bytes, rawBody, isBase64: isBase64) }
  }

  private mutating func member(_ name: String, _ scanner: inout JSONScanner) throws(JSONScanner.Malformed) {
    switch name {
    case "version": version = try Self.text(&scanner)
    case "httpMethod": httpMethod = try Self.text(&scanner)
    case "path": path = try Self.text(&scanner)
    case "rawPath": rawPath = try Self.text(&scanner)
    case "rawQueryString": rawQuery = try Self.text(&scanner)
    case "cookies": cookies = try Self.texts(&scanner)
    case "headers": headers = try Self.fields(&scanner) ?? []
    case "multiValueHeaders": multiHeaders = try Self.fields(&scanner)
    case "queryStringParameters": parameters = try Self.fields(&scanner) ?? []
    case "multiValueQueryStringParameters": multiParameters = try Self.fields(&scanner)
    case "isBase64Encoded":
      if scanner.kind() == .boolean { isBase64 = try scanner.boolean() } else { try scanner.skip() }
    case "resource": hasResource = try Self.text(&scanner) != nil
    case "requestContext":
      hasContext = scanner.kind() == .object
      try context.read(&scanner)
    case "source": source = try Self.text(&scanner)
    case "detail-type": detailType = try Self.text(&scanner)
    case "warmer", "warmup":
      if scanner.kind() == .boolean { isWarmer = try scanner.boolean() } else { try scanner.skip() }
    default: try scanner.skip()
    }
  }

  /// A body of megabytes is base64 without a single escape, so it is not copied before it is decoded.
  private static func body(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, isBase64: Bool
  ) throws(JSONScanner.Malformed) -> [UInt8] {
    let raw = UnsafeRawBufferPointer(rebasing: bytes[range])
    if isBase64, let decoded = Base64.decode(raw) { return decoded }
    var quoted = JSONScanner(UnsafeRawBufferPointer(rebasing: bytes[(range.lowerBound - 1)..<(range.upperBound + 1)]))
    let text = Array(try quoted.string().utf8)
    guard isBase64 else { return text }
    guard let decoded = text.withUnsafeBytes({ Base64.decode($0) }) else { throw JSONScanner.Malformed() }
    return decoded
  }

  // MARK: Values of which the shape is not relied on

  static func text(_ scanner: inout JSONScanner) throws(JSONScanner.Malformed) -> String? {
    if scanner.kind() == .string { return try scanner.string() }
    try scanner.skip()
    return nil
  }

  private static func texts(_ scanner: inout JSONScanner) throws(JSONScanner.Malformed) -> [String] {
    var all: [String] = []
    guard scanner.kind() == .array else {
      try scanner.skip()
      return all
    }
    try scanner.array { (scanner) throws(JSONScanner.Malformed) in
      if let text = try text(&scanner) { all.append(text) }
    }
    return all
  }

  /// Of `{"name": "value"}` and of `{"name": ["value", …]}`; nil for anything else.
  private static func fields(_ scanner: inout JSONScanner) throws(JSONScanner.Malformed) -> [LambdaEvent.Field]? {
    guard scanner.kind() == .object else {
      try scanner.skip()
      return nil
    }
    var all: [LambdaEvent.Field] = []
    try scanner.object { (name, scanner) throws(JSONScanner.Malformed) in
      if scanner.kind() == .array {
        for value in try texts(&scanner) { all.append(.init(name: name, value: value)) }
      } else if let value = try text(&scanner) {
        all.append(.init(name: name, value: value))
      }
    }
    return all
  }
}

extension RawEvent.Context {
  fileprivate mutating func read(_ scanner: inout JSONScanner) throws(JSONScanner.Malformed) {
    guard scanner.kind() == .object else { return try scanner.skip() }
    try scanner.object { (name, scanner) throws(JSONScanner.Malformed) in
      switch name {
      case "elb":
        isBalancer = scanner.kind() == .object
        try scanner.skip()
      case "apiId": apiID = try RawEvent.text(&scanner)
      case "domainName": domainName = try RawEvent.text(&scanner)
      case "stage": stage = try RawEvent.text(&scanner)
      case "http":
        hasHTTP = scanner.kind() == .object
        try readPeer(&scanner)
      case "identity": try readPeer(&scanner)
      default: try scanner.skip()
      }
    }
  }

  /// `http` of format 2.0 and `identity` of format 1.0.
  private mutating func readPeer(_ scanner: inout JSONScanner) throws(JSONScanner.Malformed) {
    guard scanner.kind() == .object else { return try scanner.skip() }
    try scanner.object { (name, scanner) throws(JSONScanner.Malformed) in
      switch name {
      case "method": method = try RawEvent.text(&scanner)
      case "path": path = try RawEvent.text(&scanner)
      case "sourceIp": sourceAddress = try RawEvent.text(&scanner)
      default: try scanner.skip()
      }
    }
  }
}
