/// Makes messages: put together from parts that are mostly right, and then damaged a little. The same seed always gives the
/// same messages.
struct MessageGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> Message {
    let kind: Message.Kind = chance(2) ? .request : chance(4) ? .responseToHead : .response
    var bytes = kind == .request ? request() : response()
    // Half stay as they are.
    if chance(2) {
      for _ in 0...below(3) { damage(&bytes) }
    }
    return Message(kind, bytes)
  }

  // MARK: Parts

  private mutating func request() -> [UInt8] {
    let version = likely(10, "HTTP/1.1", Self.versions)
    let method = likely(4, "GET", Self.methods)
    var lines = ["\(method) \(likely(3, "/", Self.targets)) \(version)"]
    if version == "HTTP/1.1" || chance(2) { lines.append("Host: \(likely(5, "a.example", Self.hosts))") }
    return assemble(lines, framed: chance(2))
  }

  private mutating func response() -> [UInt8] {
    assemble(["\(likely(10, "HTTP/1.1", Self.versions)) \(likely(2, "200 OK", Self.statuses))"], framed: !chance(4))
  }

  private mutating func assemble(_ start: [String], framed: Bool) -> [UInt8] {
    var lines = start
    var body = pick(Self.bodies)
    for _ in 0..<below(4) { lines.append(chance(8) ? pick(Self.badFields) : pick(Self.fields)) }
    if framed {
      switch below(8) {
      case 0...2:
        lines.append("Content-Length: 5")
        body = "hello"
      case 3...5:
        lines.append("Transfer-Encoding: chunked")
        body = likely(2, "5\r\nhello\r\n0\r\n\r\n", Self.bodies)
      case 6 where chance(2): lines.append("Content-Length: \(pick(Self.lengths))")
      default: lines.append("Transfer-Encoding: \(pick(Self.codings))")
      }
    }
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
  }

  // MARK: Damage

  private mutating func damage(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return bytes.append(pick(Self.bytes)) }
    switch below(12) {
    case 0: bytes.insert(pick(Self.bytes), at: below(bytes.count))
    case 1: bytes[below(bytes.count)] = pick(Self.bytes)
    case 2: bytes.remove(at: below(bytes.count))
    case 3: bytes.insert(contentsOf: Array(pick(Self.pieces).utf8), at: below(bytes.count))
    case 4: replaceOne(&bytes, of: 32, by: pick(["  ", "\t", "", " \t", "\r\n "]))
    case 5: replaceOne(&bytes, of: 10, by: pick(["", "\n\n", "\r\n", "\n ", "\n\t", " \n"]))
    case 6: replaceOne(&bytes, of: 13, by: pick(["", "\r\r", " \r", "\n", "\u{B}\r"]))
    case 7: replaceOne(&bytes, of: 58, by: pick([" :", "", "::", ":\t ", ":\r\n ", "\0:", ":\u{C}"]))
    case 8: changeCase(&bytes)
    case 9: changeLines(&bytes)
    case 10: insertLine(&bytes)
    default: bytes.removeLast(below(min(8, bytes.count)))
    }
  }

  private mutating func replaceOne(_ bytes: inout [UInt8], of byte: UInt8, by text: String) {
    let places = bytes.indices.filter { bytes[$0] == byte }
    guard !places.isEmpty else { return }
    let place = places[below(places.count)]
    bytes.replaceSubrange(place...place, with: Array(text.utf8))
  }

  private mutating func changeCase(_ bytes: inout [UInt8]) {
    let start = below(bytes.count)
    for index in start..<min(bytes.count, start + 1 + below(12)) {
      let isLetter = (65...90).contains(bytes[index] & 0xDF)
      if isLetter { bytes[index] ^= 32 }
    }
  }

  /// Repeats, moves or removes one.
  private mutating func changeLines(_ bytes: inout [UInt8]) {
    var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map(Array.init)
    guard lines.count > 1 else { return }
    let line = lines[below(lines.count)]
    switch below(3) {
    case 0: lines.insert(line, at: below(lines.count))
    case 1:
      lines.remove(at: below(lines.count))
      lines.insert(line, at: below(lines.count + 1))
    default: lines.remove(at: below(lines.count))
    }
    bytes = Array(lines.joined(separator: [10]))
  }

  private mutating func insertLine(_ bytes: inout [UInt8]) {
    let ends = bytes.indices.filter { bytes[$0] == 10 }
    guard !ends.isEmpty else { return }
    let line = pick([
      pick(Self.fields), pick(Self.badFields), "Content-Length: \(pick(Self.lengths))",
      "Transfer-Encoding: \(pick(Self.codings))",
      "Host: \(pick(Self.hosts))",
    ])
    bytes.insert(contentsOf: Array("\(line)\r\n".utf8), at: ends[below(ends.count)] + 1)
  }

  // MARK: Chance

  private mutating func chance(_ oneIn: Int) -> Bool { below(oneIn) == 0 }

  private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  /// The usual value but for one time in `oneIn`.
  private mutating func likely(_ oneIn: Int, _ usual: String, _ others: [String]) -> String {
    chance(oneIn) ? pick(others) : usual
  }

  /// SplitMix64.
  private mutating func below(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    mixed ^= mixed >> 31
    return Int(mixed % UInt64(max(1, bound)))
  }
}

extension MessageGenerator {
  static let bytes: [UInt8] = [
    0, 1, 8, 9, 10, 11, 12, 13, 31, 32, 33, 34, 35, 37, 40, 43, 44, 45, 47, 48, 49, 58, 59, 60, 61, 63, 64, 65, 91, 92,
    94, 96, 97, 123, 124, 126, 127, 128, 133, 160, 194, 233, 255,
  ]

  static let versions = [
    "HTTP/1.0", "HTTP/1.0", "HTTP/1.1", "HTTP/1.2", "HTTP/1.9", "HTTP/0.9", "HTTP/2.0", "HTTP/3.0", "http/1.1",
    "HTTP/1",
    "HTTP/11", "HTTP/1.10", "HTTP/01.1", "HTTP/ 1.1", "HTTP/1.1 ", "HTTPS/1.1", "ICE/1.0", "RTSP/1.0", "HTTP1.1", "",
  ]

  static let methods = [
    "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "PROPFIND", "REPORT", "SEARCH", "QUERY",
    "COPY", "MOVE", "MKCOL", "LOCK", "VERSION-CONTROL", "ORDERPATCH", "LINK", "SLUDGE", "PRI", "DESCRIBE", "SOURCE",
    "get", "Get", "G@T", "", "M-SEARCH", "PURGE",
  ]

  static let targets = [
    "/a/b", "//a", "/%2e%2e/./x", "/a?b=c&d", "/?", "*", "a", "?", "/#b", "/a|b", "/{x}", "/\\", "/\"", "/<>", "/^`",
    "/é", "/a\u{7F}", "http://b.example/", "http://b.example", "HTTP://b.example:81/x?y", "https://[::1]:80/",
    "http://",
    "http://u@b/", "http:///x", "ftp://b/", "b.example:443", "/a:b@c", "/;x=y", "/a%", "/%00", "http://b?x", "/[::]",
  ]

  static let hosts = [
    "a", "a:80", "[::1]", "[::1]:80", "", "a b", "a@b", "a/b", "a,b", "a:b", "a%41", "a?b", "a#b", "é", "http://a",
    "a_b",
    "a\\b", "a:", ":80",
  ]

  static let statuses = [
    "200 OK", "200 OK", "200 OK", "200", "200 ", "204 No Content", "206 Partial Content", "304 Not Modified",
    "404 Not Found", "500 é", "299 a  b ", "999 x", "100 Continue", "103 Early Hints", "199 x", "101 Up", "99 x",
    "099 x",
    "600 x", "1000 x", "20 OK", "2 0", "-20 x", "+20 x", "200\tOK", "2000K", "200OK", "200 \u{7F}", "abc x", "000 x",
  ]

  static let lengths = [
    "0", "5", "05", "3", "18446744073709551616", "9223372036854775807", "9223372036854775808", "+5", "-5", "5,5",
    "5, 5",
    "5,6", "", "0x5", "5 ", "5;", "5.0", "1e1", "5 5", "\u{B}5", "٥", "00000000000000000000005", "5\t", ",5",
  ]

  static let codings = [
    "chunked", "Chunked", "CHUNKED", "gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "chunked, identity",
    "identity", ",chunked", "chunked,", ", chunked", "xchunked", "chunkedx", "chunked;q=1", "\"chunked\"",
    "\u{B}chunked",
    "chunked\u{A0}", "", "chunked ", "\tchunked", "deflate,gzip", "chun ked", "gzip;a=\"b,c\", chunked",
  ]

  static let fields = [
    "Accept: */*", "X-Empty:", "X-Blank: \t ", "X-Tabs:\ta\tb\t", "X-Text: é", "X-Quote: \"a\\\"b\"",
    "Connection: close",
    "Connection: keep-alive", "Connection: x-a, close", "Keep-Alive: 5", "Proxy-Connection: close", "TE: trailers",
    "Expect: 100-continue", "Trailer: x", "Cookie: a=b; c", "Set-Cookie: a=b", "Date: x", "x_y: z",
    "X!#$%&'*+-.^`|~: z",
    "X:: y", "X:y:z", "Content-Length2: 3", "Content_Length: 3", "Transfer-Encoding2: chunked", "Range: bytes=0-1",
    "Host2: b", "X-Long: \(String(repeating: "v", count: 300))", "Upgrade: websocket",
  ]

  static let badFields = [
    "X-Ctl: a\u{1}b", "X-Nul: a\u{0}b", "X-Del: a\u{7F}b", "Expect: other", "Name (x): y", "Sp ace: x", "X : y",
    " X: y",
    "\tX: y", ": y", "X", "X\u{0}Y: z", "X\u{E9}: z", "X/Y: z", "A: 1\r\n 2", "A: 1\r\n\t2", "A: 1\n B: 2",
    "A: 1\nB: 2",
    "A: 1\rB: 2", "Connection: upgrade", "Content-Length : 5", "Transfer-Encoding : chunked", "Host: b",
  ]

  static let bodies = [
    "", "", "hello", "hello world, and more of it", "5\r\nhello\r\n0\r\n\r\n", "0\r\n\r\n",
    "5;a=b\r\nhello\r\n0;last\r\n\r\n", "5\r\nhello\r\n0\r\nX-T: 1\r\n\r\n", "005\r\nhello\r\n00\r\n\r\n",
    "A\r\n0123456789\r\n0\r\n\r\n", "a\r\n0123456789\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n", "0x5\r\nhello\r\n0\r\n\r\n",
    " 5\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n",
    "5;a\nhello\r\n0\r\n\r\n", "5;a\rb\r\nhello\r\n0\r\n\r\n", "5\r\nhello!\r\n0\r\n\r\n", "6\r\nhello\r\n0\r\n\r\n",
    "\r\nhello\r\n0\r\n\r\n", "10000000000000005\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n",
    "5;\"\u{1}\"\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n", "5\r\nhello\r\n", "5\r\nhello\r\n0\r\n\n",
    "5\r\nhello\r\n0\r\nBad T: 1\r\n\r\n", "5;x=\"a;b\"\r\nhello\r\n0\r\n\r\n", "5;a=é\r\nhello\r\n0\r\n\r\n",
    "5\r\r\nhello\r\n0\r\n\r\n", "0000000000000005\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\nX: 1\r\n 2\r\n\r\n",
    "5;a\u{9}b\r\nhello\r\n0\r\n\r\n", "5;\r\nhello\r\n0\r\n\r\n", "5\t\r\nhello\r\n0\r\n\r\n",
  ]

  static let pieces = [
    "\r\n", "\r\n\r\n", "\n", "\r", "\r\n ", "\r\n\t", " ", "\t", "\0", ":", ": ", ",", ";", "chunked", "HTTP/1.1",
    " HTTP/1.1\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "Host: b\r\n", "\u{FF}", "0\r\n\r\n",
    "GET / ",
  ]
}
