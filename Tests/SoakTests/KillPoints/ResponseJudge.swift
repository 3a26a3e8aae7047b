/// A strict reader of one HTTP/1.1 response, written for this soak alone and from RFC 9112, so that nothing of the proxy's
/// own reading of the protocol can excuse the proxy. It knows the end of a message only by its framing.
struct ResponseJudge: Sendable {
  enum Progress: Equatable, Sendable {
    case more
    /// The message is whole by its own framing.
    case whole
    case garbled(String)
  }

  private enum State { case head, length(Int), size, data(Int), dataEnd, trailers, toEnd, whole }
  enum Framing: Equatable, Sendable { case none, length, chunked, close }

  private let clientMinor: Int
  private var state = State.head
  private var pending: [UInt8] = []
  private(set) var sawBytes = false
  private(set) var status: Int?
  private(set) var fields: [String: [String]] = [:]
  private(set) var trailers: [String: [String]] = [:]
  private(set) var framing = Framing.none
  private(set) var body: [UInt8] = []

  init(clientMinor: Int) { self.clientMinor = clientMinor }

  /// Bytes behind the message's end, which belong to nobody.
  var excess: Int { if case .whole = state { pending.count } else { 0 } }

  /// Whether the connection may carry another request.
  var keepsConnection: Bool {
    let options = (fields["connection"] ?? []).joined(separator: ",").lowercased().split(separator: ",")
    let names = options.map { $0.filter { $0 != " " } }
    return framing != .close && !names.contains("close") && (clientMinor == 1 || names.contains("keep-alive"))
  }

  mutating func receive(_ bytes: [UInt8]) -> Progress {
    sawBytes = sawBytes || !bytes.isEmpty
    pending += bytes
    while true {
      switch step() {
      case .go: continue
      case .stop(let progress): return progress
      }
    }
  }

  /// The connection's clean end: all that a close-delimited body waits for.
  mutating func finish() -> Progress {
    guard case .toEnd = state else { return .more }
    state = .whole
    return .whole
  }

  private enum Step { case go, stop(Progress) }

  private mutating func step() -> Step {
    switch state {
    case .head: return readHead()
    case .length(let left):
      let taken = takeBody(left)
      state = taken == left ? .whole : .length(left - taken)
      return taken == left ? .go : .stop(.more)
    case .size: return readSize()
    case .data(let left):
      let taken = takeBody(left)
      state = taken == left ? .dataEnd : .data(left - taken)
      return taken == left ? .go : .stop(.more)
    case .dataEnd:
      guard pending.count >= 2 else { return .stop(.more) }
      guard pending[0] == 13, pending[1] == 10 else { return .stop(.garbled("no CRLF after a chunk's data")) }
      pending.removeFirst(2)
      state = .size
      return .go
    case .trailers: return readTrailers()
    case .toEnd:
      _ = takeBody(pending.count)
      return .stop(.more)
    case .whole: return .stop(.whole)
    }
  }

  private mutating func takeBody(_ left: Int) -> Int {
    let taken = min(left, pending.count)
    if taken == pending.count {
      body += pending
      pending.removeAll(keepingCapacity: true)
    } else {
      body += pending[..<taken]
      pending.removeFirst(taken)
    }
    return taken
  }

  // MARK: Heads

  private mutating func readHead() -> Step {
    guard let end = Self.endOfHead(pending) else {
      return .stop(pending.count > 128 << 10 ? .garbled("an endless head") : .more)
    }
    let lines = Self.lines(pending[..<end])
    pending.removeFirst(end)
    let statusLine = lines.first ?? ""
    guard statusLine.hasPrefix("HTTP/1.1 "), let status = Int(statusLine.dropFirst(9).prefix(3)),
      (100...599).contains(status)
    else { return .stop(.garbled("status line \(statusLine)")) }
    guard let fields = Self.fields(lines.dropFirst()) else { return .stop(.garbled("a malformed field line")) }
    if status < 200 {
      return clientMinor == 0 ? .stop(.garbled("an interim response to HTTP/1.0")) : .go
    }
    self.status = status
    self.fields = fields
    return frame()
  }

  private mutating func frame() -> Step {
    let lengths = fields["content-length"] ?? []
    let codings = fields["transfer-encoding"] ?? []
    guard lengths.isEmpty || codings.isEmpty else { return .stop(.garbled("both length and transfer coding")) }
    if !codings.isEmpty {
      guard codings == ["chunked"], clientMinor == 1 else { return .stop(.garbled("transfer coding \(codings)")) }
      (framing, state) = (.chunked, .size)
    } else if !lengths.isEmpty {
      guard lengths.count == 1, !lengths[0].isEmpty, lengths[0].allSatisfy({ $0.isASCII && $0.isNumber }),
        let length = Int(lengths[0])
      else { return .stop(.garbled("content length \(lengths)")) }
      (framing, state) = (.length, .length(length))
    } else {
      (framing, state) = (.close, .toEnd)
    }
    return .go
  }

  // MARK: Chunks

  private mutating func readSize() -> Step {
    guard let lineFeed = pending.firstIndex(of: 10) else {
      return .stop(pending.count > 16 << 10 ? .garbled("an endless chunk size") : .more)
    }
    guard lineFeed >= 2, pending[lineFeed - 1] == 13 else { return .stop(.garbled("chunk size without CRLF")) }
    let line = pending[..<(lineFeed - 1)]
    let digits = line.prefix { $0 != UInt8(ascii: ";") }
    let isHexadecimal = digits.allSatisfy {
      (48...57).contains($0) || (65...70).contains($0) || (97...102).contains($0)
    }
    guard isHexadecimal, let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else {
      return .stop(.garbled("chunk size \(String(decoding: line, as: UTF8.self))"))
    }
    pending.removeFirst(lineFeed + 1)
    state = size == 0 ? .trailers : .data(size)
    return .go
  }

  private mutating func readTrailers() -> Step {
    if pending.count < 2 { return .stop(.more) }
    if pending[0] == 13, pending[1] == 10 {
      pending.removeFirst(2)
      state = .whole
      return .go
    }
    guard let end = Self.endOfHead(pending) else { return .stop(.more) }
    guard let fields = Self.fields(Self.lines(pending[..<end])[...]) else { return .stop(.garbled("a trailer")) }
    trailers = fields
    pending.removeFirst(end)
    state = .whole
    return .go
  }

  // MARK: Lines

  private static func endOfHead(_ bytes: [UInt8]) -> Int? {
    var from = 0
    while let carriageReturn = bytes[from...].firstIndex(of: 13), carriageReturn + 3 < bytes.count {
      if bytes[carriageReturn + 1] == 10, bytes[carriageReturn + 2] == 13, bytes[carriageReturn + 3] == 10 {
        return carriageReturn + 4
      }
      from = carriageReturn + 1
    }
    return nil
  }

  private static func lines(_ head: ArraySlice<UInt8>) -> [String] {
    var lines: [String] = []
    var start = head.startIndex
    var at = start
    while at < head.endIndex {
      if head[at] == 10 {
        // A bare line feed ends no line: an empty one is no field either, and so is refused.
        let end = at > start && head[at - 1] == 13 ? at - 1 : start
        if at == start || head[at - 1] != 13 || end > start {
          lines.append(String(decoding: head[start..<end], as: UTF8.self))
        }
        start = at + 1
      }
      at += 1
    }
    return lines
  }

  /// Nil when a line is not `name: value`.
  private static func fields(_ lines: ArraySlice<String>) -> [String: [String]]? {
    var fields: [String: [String]] = [:]
    for line in lines {
      guard let colon = line.firstIndex(of: ":"), colon > line.startIndex, line.first != " ", line.first != "\t",
        line[line.index(before: colon)] != " "
      else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      fields[line[..<colon].lowercased(), default: []].append(String(value))
    }
    return fields
  }
}
