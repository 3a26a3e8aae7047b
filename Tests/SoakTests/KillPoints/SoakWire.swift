/// The bytes of one response as the origin would send them if it lived, and the byte at which it dies.
struct SoakWire: Sendable {
  let bytes: [UInt8]
  /// Interim response and head together.
  let headLength: Int
  /// How many bytes are sent; all of them when the origin lives.
  let deathPoint: Int

  init(_ soak: SoakCase) {
    var random = soak.random(1)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(soak.body.count + soak.body.count / 8 + 4096)
    bytes += Self.head(soak, &random)
    let headLength = bytes.count
    var borders = [headLength]
    if soak.framing == .chunked {
      Self.appendChunks(soak, &random, &bytes, &borders)
    } else {
      bytes += RandomBytes.table[soak.body]
    }
    self.bytes = bytes
    self.headLength = headLength
    deathPoint = soak.death == nil ? bytes.count : Self.resolve(soak.place, bytes.count, headLength, borders)
  }

  /// What a close-delimited body is when the origin ends it at `deathPoint`.
  var bodyBytesSent: Int { max(0, deathPoint - headLength) }

  private static func resolve(_ place: SoakCase.Place, _ count: Int, _ head: Int, _ borders: [Int]) -> Int {
    switch place {
    case .inHead(let permille): head * permille / 1000
    case .inBody(let permille): head + (count - head) * permille / 1000
    case .beforeEnd(let back): max(0, count - back)
    case .atBorder(let permille): borders[borders.count * permille / 1000]
    case .atEnd: count
    }
  }

  private static func head(_ soak: SoakCase, _ random: inout SeededRandom) -> [UInt8] {
    var head = soak.hasInterim ? "HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n" : ""
    head += "HTTP/1.\(soak.originMinor) 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Encoding: gzip\r\n"
    head += "ETag: \"soak-\(soak.index)\"\r\nX-Stream: \(soak.index)\r\n"
    if random.chance(30) { head += "X-Padding: \(String(repeating: "p", count: random.number(1...3000)))\r\n" }
    switch soak.framing {
    case .length: head += "Content-Length: \(soak.body.count)\r\n"
    case .chunked: head += "Transfer-Encoding: chunked\r\n" + (soak.hasTrailers ? "Trailer: X-Sum\r\n" : "")
    case .close: head += random.chance(50) ? "Connection: close\r\n" : ""
    }
    // An HTTP/1.0 server keeps its connection only when it says so.
    if soak.framing == .length, soak.originMinor == 0 { head += "Connection: keep-alive\r\n" }
    return Array((head + "\r\n").utf8)
  }

  private static func appendChunks(
    _ soak: SoakCase, _ random: inout SeededRandom, _ bytes: inout [UInt8], _ borders: inout [Int]
  ) {
    let largest = max(soak.body.count / 100, random.pick([(1, 16), (2, 4096), (2, 65536)]))
    var at = soak.body.lowerBound
    while at < soak.body.upperBound {
      let size = min(random.number(1...largest), soak.body.upperBound - at)
      bytes += Array(sizeLine(size, &random).utf8)
      borders.append(bytes.count)
      bytes += RandomBytes.table[at..<(at + size)]
      bytes += [13, 10]
      borders.append(bytes.count)
      at += size
    }
    bytes += Array((random.chance(80) ? "0" : "000" + extensionText(&random)).utf8) + [13, 10]
    borders.append(bytes.count)
    if soak.hasTrailers { bytes += Array("X-Sum: \(soak.body.lowerBound)\r\n".utf8) }
    bytes += [13, 10]
  }

  private static func sizeLine(_ size: Int, _ random: inout SeededRandom) -> String {
    let zeros = random.chance(10) ? String(repeating: "0", count: random.number(1...6)) : ""
    return zeros + String(size, radix: 16, uppercase: random.chance(50)) + extensionText(&random) + "\r\n"
  }

  private static func extensionText(_ random: inout SeededRandom) -> String {
    random.pick([(80, ""), (8, ";a"), (6, ";name=value"), (6, ";q=\"a;b\\\" c\"")])
  }
}
