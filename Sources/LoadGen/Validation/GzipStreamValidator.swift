import CInflate
import Digest

/// Proves one gzip stream: every member's header, deflate data, CRC32 and ISIZE, and that nothing follows.
///
/// Guarantees: the verdict depends on the bytes alone, never on how they were split. Output is inflated into the pool's
/// scratch and thrown away. Relies on: one pool, that of the thread. Costs: one inflate state
/// (`InflateStream.Engine.stateBytes`) while inside deflate data, none in headers, trailers and after a verdict; no
/// allocation per call.
///
/// Zero bytes after the last member are `trailing_data`: gzip(1) passes over them as tape padding, RFC 1952 knows
/// nothing but members, and HTTP decoders differ.
struct GzipStreamValidator {
  /// Where one member ends.
  struct MemberEnd: Sendable, Equatable {
    var wire: Int64
    var decoded: Int64
  }

  enum Phase: Equatable {
    case header
    case deflate
    case trailer
    /// One member or more is whole; the next byte begins another, or is one too many.
    case betweenMembers
    /// Bytes that belong to no member.
    case trailing
    case rejected(Verdict)
    /// The tester's own memory was short: nothing can be said.
    case abandoned
  }

  /// Ends of members are written down up to here.
  static let memberEndLimit = 1024
  /// So many members' sizes are kept for a person to see, where that is asked for.
  static let shownMembers = 16

  let engine: InflateStream.Engine
  private(set) var phase = Phase.header
  /// Bytes after inflating, of all members.
  private(set) var decoded: Int64 = 0
  /// Whole members.
  private(set) var members = 0
  /// Bytes taken, of all calls.
  private(set) var wire: Int64 = 0
  /// The ends of members while they are asked for; nil otherwise, or when there were more than `memberEndLimit`.
  private(set) var memberEnds: [MemberEnd]?
  /// Wire positions where the first `shownMembers` members end; empty unless asked for.
  private(set) var firstEnds: [Int64] = []
  let showsMembers: Bool

  /// Rejected on ISA-L's word alone: its decoder failed, or its output does not match the trailer. Our own header
  /// parser's rejections need nobody else's.
  private(set) var needsConfirmation = false

  private var header = GzipHeaderParser()
  private var stream: InflateStream?
  private var crc: UInt32 = 0
  /// Of the member, modulo 2^32 as ISIZE is.
  private var memberLength: UInt32 = 0
  private var trailer: UInt64 = 0
  private var trailerCount = 0
  /// Over all inflated bytes, where that is asked for. A value: a checkpoint's copy goes on from where it stands.
  private var hasher: SHA256?

  init(
    engine: InflateStream.Engine, recordsMemberEnds: Bool = false, digests: Bool = false, showsMembers: Bool = false
  ) {
    self.engine = engine
    self.showsMembers = showsMembers
    if recordsMemberEnds { memberEnds = [] }
    if digests { hasher = SHA256() }
  }

  /// Whether the inflated bytes are digested.
  var digests: Bool { hasher != nil }

  /// Of all inflated bytes so far, lower-case hexadecimal; nil unless asked for.
  var decodedSHA256: String? { hasher.map { ByteText.hexadecimal($0.finalize()) } }

  /// Whether the stream begins with a member, good or bad.
  var isGzip: Bool { members > 0 || header.isMember }

  /// Whatever follows, the stream will not be valid.
  var isBad: Bool {
    switch phase {
    case .trailing, .rejected, .abandoned: true
    case .header, .deflate, .trailer, .betweenMembers: false
    }
  }

  var holdsState: Bool { stream != nil }

  /// What the bytes so far are, if they are all there is.
  var verdict: Verdict {
    switch phase {
    case .header, .deflate, .trailer: .truncated
    case .betweenMembers: .valid
    case .trailing: .trailingData
    case .rejected(let verdict): verdict
    case .abandoned: .unchecked
    }
  }

  mutating func receive(_ bytes: UnsafeRawBufferPointer, pool: InflatePool) {
    var rest = ByteCursor(bytes)
    while !rest.isEmpty {
      switch phase {
      case .header: readHeader(&rest)
      case .deflate: inflate(&rest, pool)
      case .trailer: readTrailer(&rest)
      case .betweenMembers:
        header = GzipHeaderParser()
        phase = .header
      case .trailing, .rejected, .abandoned: rest.drop()
      }
      wire &+= rest.takeConsumed()
    }
  }

  /// Gives the inflate state back.
  mutating func release(to pool: InflatePool) {
    guard let stream else { return }
    pool.give(stream)
    self.stream = nil
  }
}

// MARK: - Parts of a member

extension GzipStreamValidator {
  private mutating func readHeader(_ rest: inout ByteCursor) {
    while let byte = rest.next() {
      switch header.receive(byte) {
      case .more: continue
      case .done:
        phase = .deflate
        crc = 0
        memberLength = 0
      case .invalid(.magic): phase = members > 0 ? .trailing : .rejected(.notGzip)
      case .invalid: phase = .rejected(.corruptData)
      }
      return
    }
  }

  private mutating func inflate(_ rest: inout ByteCursor, _ pool: InflatePool) {
    if stream == nil { stream = pool.take(engine) }
    guard let stream else {
      phase = .abandoned
      return
    }
    while true {
      let step = stream.step(rest.bytes, into: pool.scratch)
      rest.advance(step.consumed)
      account(step.produced, pool)
      switch step.status {
      case CINFLATE_END:
        release(to: pool)
        return beginTrailer(step, rest)
      case CINFLATE_MORE:
        // Room left in the output means that all that could be decoded was.
        if step.produced == pool.scratch.count { continue }
        if rest.isEmpty { return }
        // Neither library stops here; one that did would be asked forever.
        if step.consumed == 0, step.produced == 0 { return reject(.corruptData, pool) }
      case CINFLATE_NO_MEMORY:
        release(to: pool)
        phase = .abandoned
        return
      default: return reject(.corruptData, pool)
      }
    }
  }

  private mutating func account(_ produced: Int, _ pool: InflatePool) {
    guard produced > 0 else { return }
    crc = cinflate_crc32(crc, pool.scratch.baseAddress, produced)
    hasher?.update(bufferPointer: UnsafeRawBufferPointer(rebasing: pool.scratch[..<produced]))
    memberLength &+= UInt32(truncatingIfNeeded: produced)
    decoded &+= Int64(produced)
  }

  private mutating func reject(_ verdict: Verdict, _ pool: InflatePool) {
    release(to: pool)
    reject(verdict)
  }

  private mutating func reject(_ verdict: Verdict) {
    phase = .rejected(verdict)
    needsConfirmation = engine == .isal
  }

  /// ISA-L reads up to eight bytes ahead, perhaps in an earlier call: they are the trailer's, which is eight long.
  private mutating func beginTrailer(_ step: cinflate_step_result, _ rest: borrowing ByteCursor) {
    phase = .trailer
    trailerCount = min(8, Int(step.leftover_count))
    trailer = trailerCount == 8 ? step.leftover : step.leftover & ((1 << UInt64(trailerCount * 8)) - 1)
    if trailerCount == 8 { endMember(at: wire &+ Int64(rest.consumed)) }
  }

  private mutating func readTrailer(_ rest: inout ByteCursor) {
    while trailerCount < 8, let byte = rest.next() {
      trailer |= UInt64(byte) << UInt64(trailerCount * 8)
      trailerCount += 1
    }
    if trailerCount == 8 { endMember(at: wire &+ Int64(rest.consumed)) }
  }

  private mutating func endMember(at end: Int64) {
    guard UInt32(truncatingIfNeeded: trailer) == crc else {
      return reject(.corruptCRC)
    }
    guard UInt32(truncatingIfNeeded: trailer >> 32) == memberLength else {
      return reject(.corruptLength)
    }
    members += 1
    phase = .betweenMembers
    if showsMembers, members <= Self.shownMembers { firstEnds.append(end) }
    guard let count = memberEnds?.count else { return }
    if count < Self.memberEndLimit {
      memberEnds?.append(MemberEnd(wire: end, decoded: decoded))
    } else {
      memberEnds = nil
    }
  }
}

// MARK: - Checkpoints

extension GzipStreamValidator {
  /// A copy to go on from later, with an inflate state of its own that belongs to no pool. Only for zlib's engine; nil
  /// when memory is short.
  func checkpoint() -> GzipStreamValidator? {
    var copy = self
    copy.memberEnds = nil
    guard let stream else { return copy }
    guard let twin = InflateStream(engine: engine), twin.copy(from: stream) else { return nil }
    copy.stream = twin
    return copy
  }

  /// A copy that says what this says, and cannot go on inside deflate data.
  func withoutState() -> GzipStreamValidator {
    var copy = self
    copy.stream = nil
    return copy
  }

  /// One that says nothing, for want of memory.
  static func abandoned(engine: InflateStream.Engine) -> GzipStreamValidator {
    var validator = GzipStreamValidator(engine: engine)
    validator.phase = .abandoned
    return validator
  }

  /// A running copy of a checkpoint, its inflate state taken from the pool. Only reads the checkpoint.
  func resumed(pool: InflatePool) -> GzipStreamValidator {
    var copy = self
    guard let stream else { return copy }
    copy.stream = pool.take(engine)
    if copy.stream?.copy(from: stream) != true {
      copy.release(to: pool)
      copy.phase = .abandoned
    }
    return copy
  }
}
