/// One stream of the soak: everything that is random about it, drawn from its seed and index alone, so that a line of
/// output is enough to run it again.
struct SoakCase: Sendable, CustomStringConvertible {
  enum Framing: String, CaseIterable, Sendable { case length, chunked, close }
  enum Death: String, CaseIterable, Sendable { case fin, reset, silence }
  enum Pace: String, Sendable { case fast, slow, pausing }
  /// Where in the message the origin dies. Ends and borders are hit more often than chance would.
  enum Place: Sendable { case inHead(Int), inBody(Int), beforeEnd(Int), atBorder(Int), atEnd }

  let seed: UInt64
  let index: Int

  // The origin.
  let framing: Framing
  /// A part of `RandomBytes.table`.
  let body: Range<Int>
  let originMinor: Int
  let hasInterim: Bool
  let hasTrailers: Bool
  /// The request's body is read before a byte of the response is sent.
  let readsRequestFirst: Bool
  /// Nil: it lives.
  let death: Death?
  let place: Place

  // The client.
  let clientMinor: Int
  let requestBody: Range<Int>?
  let requestIsChunked: Bool
  let acceptsTrailers: Bool
  let pace: Pace
  let usesFreshConnection: Bool
  /// What the client says about its connection after this response.
  let closesAfter: Bool

  init(seed: UInt64, index: Int) {
    var random = SeededRandom(seed: seed, index: index)
    self.seed = seed
    self.index = index
    framing = random.pick([(40, .length), (40, .chunked), (20, .close)])
    body = Self.draw(&random, random.pick([(5, 0), (10, 16), (45, 16 << 10), (30, 256 << 10), (10, 1536 << 10)]))
    originMinor = framing != .chunked && random.chance(20) ? 0 : 1
    hasInterim = originMinor == 1 && random.chance(10)
    hasTrailers = framing == .chunked && random.chance(25)
    readsRequestFirst = random.chance(85)
    death = random.chance(25) ? nil : random.pick([(40, Death.fin), (40, .reset), (20, .silence)])
    let permille = random.number(0...999)
    place = random.pick([
      (15, .inHead(permille)), (45, .inBody(permille)), (15, .beforeEnd(random.number(1...16))),
      (15, .atBorder(permille)), (10, .atEnd),
    ])
    clientMinor = random.chance(30) ? 0 : 1
    let hasRequestBody = random.chance(30)
    requestBody = hasRequestBody ? Self.draw(&random, random.pick([(1, 0), (4, 4 << 10), (2, 48 << 10)])) : nil
    requestIsChunked = hasRequestBody && clientMinor == 1 && random.chance(40)
    acceptsTrailers = clientMinor == 1 && random.chance(40)
    pace = random.pick([(60, .fast), (20, .slow), (20, .pausing)])
    usesFreshConnection = random.chance(30)
    closesAfter = random.chance(15)
  }

  private static func draw(_ random: inout SeededRandom, _ limit: Int) -> Range<Int> {
    let length = random.number(0...limit)
    let start = random.number(0...(RandomBytes.table.count - length))
    return start..<(start + length)
  }

  /// A sequence for what is drawn while the case runs; `salt` keeps the two sides apart.
  func random(_ salt: UInt64) -> SeededRandom { SeededRandom(seed: seed ^ (salt << 56), index: index) }

  var method: String { requestBody == nil ? "GET" : "POST" }

  var description: String {
    let wire = SoakWire(self)
    let ending = death.map { "\($0.rawValue) at byte \(wire.deathPoint) of \(wire.bytes.count)" } ?? "lives"
    return """
      seed \(seed) stream \(index): \(method) HTTP/1.\(clientMinor) \(pace.rawValue)\(usesFreshConnection ? " fresh" : "")\
      \(acceptsTrailers ? " TE: trailers" : "")\(requestBody.map { " body \($0.count)" } ?? "")\
      \(requestIsChunked ? " chunked" : ""); origin HTTP/1.\(originMinor) \(framing.rawValue) body \(body.count) head \
      \(wire.headLength)\(hasInterim ? " after a 103" : "")\(hasTrailers ? " trailers" : "")\
      \(readsRequestFirst ? "" : " before reading the request"), \(ending)
      """
  }
}
