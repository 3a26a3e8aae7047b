import Digest

/// Judges one body after the other; a lane owns one. Not Sendable: it lives and dies on its loop thread.
///
/// Guarantees: the verdict depends on the head and the bytes alone, whatever the mode and however the bytes were split
/// (the one exception is in Docs/decisions/003). Relies on: `begin`, `receive`…, `finish` in this order. Costs: while
/// inflating, one inflate state (`heldBytes`); while comparing, none. No allocation, lock or system call per chunk.
final class BodyJudge {
  struct Options: Sendable {
    var mode: ValidationMode
    var expectGzip: Bool
    /// Whether the SHA-256 of the wire bytes is wanted.
    var digest = false
    /// Whether the SHA-256 of what they inflate to is wanted.
    var decodedDigest = false
    /// Whether sizes of members are kept for a person to see.
    var showsMembers = false
  }

  /// What happens to the bytes that arrive.
  private enum Path {
    /// They are counted, and kept at the edges.
    case passed
    /// Same as the reference so far.
    case compared(Reference)
    /// One of those that the URL's reference is made of: the same as the others so far, or ahead of them.
    case recorded(ReferenceRecording)
    case inflated
  }

  /// Body bytes of the running stream as they arrived.
  private(set) var bytesWire: Int64 = 0
  /// Inflated so far; for a compared body the reference's count, scaled.
  private(set) var bytesDecoded: Int64 = 0
  /// Wire length of the target's reference, when there is one.
  var referenceLength: Int64? { reference?.length }
  /// Heap bytes that the running body holds, the recording of a reference aside, which several bodies share.
  var heldBytes: Int { inflater.heldBytes + Evidence.tailLimit + Evidence.headLimit }

  /// Between bodies.
  private static var idle: ConfirmingValidator { ConfirmingValidator(GzipStreamValidator(engine: .zlib)) }

  /// Of bodies that begin from now on.
  var mode: ValidationMode
  private let options: Options
  private let references: ReferenceStore
  /// The thread's, looked up at the first body: judges may be made on another thread than they run on.
  private var pool: InflatePool?

  private var isOpen = false
  /// Of the running or the last body.
  private var bodyMode: ValidationMode
  private var shownEnds: [Int64] = []
  private var target = 0
  private var claim = BodyClaim(method: "HEAD", head: ResponseHead())
  /// What the claim was read from: most heads of a target say the same, and are the same object then.
  private var claimedMethod = "HEAD"
  private var claimedHead = ResponseHead()
  private var path = Path.passed
  private var reference: Reference?
  private var inflater = BodyJudge.idle
  private var errorTrailer = ErrorTrailerScanner()
  private var prelude = PreludeScanner()
  private let edges = BodyEdges()
  private var hasher: SHA256?

  init(options: Options, references: ReferenceStore) {
    self.options = options
    mode = options.mode
    bodyMode = options.mode
    self.references = references
  }

  /// A new body, once its final head is known.
  func begin(target: Int, method: String, head: ResponseHead) {
    if isOpen { close(.unchecked, transport: .cut) }
    isOpen = true
    bodyMode = mode
    self.target = target
    bytesWire = 0
    bytesDecoded = 0
    edges.reset()
    hasher = options.digest ? SHA256() : nil
    path = .passed
    reference = nil
    readClaim(bodyMode.inflates ? method : "HEAD", head)
    if claim.isJudged { assign() }
  }

  private func readClaim(_ method: String, _ head: ResponseHead) {
    guard head != claimedHead || method != claimedMethod else { return }
    claim = BodyClaim(method: method, head: head)
    claimedMethod = method
    claimedHead = head
  }

  func receive(_ bytes: UnsafeRawBufferPointer) {
    guard !bytes.isEmpty else { return }
    bytesWire &+= Int64(bytes.count)
    edges.receive(bytes)
    if options.digest { hasher?.update(bufferPointer: bytes) }
    switch path {
    case .passed: return
    case .inflated: inflate(bytes)
    case .compared(let reference): compare(bytes, with: reference)
    case .recorded(let recording): record(bytes, in: recording)
    }
  }

  /// The body is over, whole or not. Must be called once after each `begin`.
  func finish(transport: TransportOutcome) -> BodyJudgement {
    if case .recorded(let recording) = path { conclude(recording, transport: transport) }
    inflater.finish(pool: threadPool())
    // We hung up in the middle: what a part of a body shows is held against nobody.
    let decided = decide()
    let verdict = transport == .cutByDeadline && decided != .valid ? .unchecked : decided
    let decodedSHA256 = verdict == .valid && options.decodedDigest ? decodedDigest() : nil
    let doubted = inflater.isDoubtful(verdict, transport)
    if doubted { references.distrustISAL(target: target) }
    let members = members
    close(verdict, transport: transport)
    return BodyJudgement(
      verdict: verdict, treatment: treatment(verdict), bytesWire: bytesWire, bytesDecoded: bytesDecoded,
      members: members, sha256: hasher.map { ByteText.hexadecimal($0.finalize()) },
      decodedSHA256: decodedSHA256, confirmed: !doubted)
  }
}

// MARK: - What a person sees

extension BodyJudge {
  /// First and last bytes of the running or the last body.
  var bodyHead: [UInt8] { edges.head }
  var bodyTail: [UInt8] { edges.tail }

  /// Wire sizes of its first members; empty unless asked for.
  var memberBytes: [Int64] {
    let ends = isOpen ? ends : shownEnds
    return zip(ends, [0] + ends).map { $0 &- $1 }
  }
}

// MARK: - Bytes

extension BodyJudge {
  private func assign() {
    errorTrailer = ErrorTrailerScanner()
    prelude = PreludeScanner()
    switch references.assign(target: target, mode: bodyMode, declaredLength: claim.declaredLength) {
    case .inflate(let engine):
      if bodyMode == .compare, let recording = threadPool().recording(of: references, target: target),
        recording.declaredLength == claim.declaredLength
      {
        return join(recording)
      }
      inflater = confirming(engine)
      path = .inflated
    case .record(let reserved):
      let recording = ReferenceRecording(
        references: references, target: target, reserved: reserved, declaredLength: claim.declaredLength,
        digests: options.decodedDigest, showsMembers: options.showsMembers)
      threadPool().add(recording, target: target)
      join(recording)
    case .compare(let reference):
      self.reference = reference
      path = .compared(reference)
    }
  }

  private func join(_ recording: ReferenceRecording) {
    recording.join()
    path = .recorded(recording)
  }

  private func confirming(_ engine: InflateStream.Engine) -> ConfirmingValidator {
    ConfirmingValidator(
      engine: engine, digests: options.decodedDigest, showsMembers: options.showsMembers, pool: threadPool())
  }

  private func inflate(_ bytes: UnsafeRawBufferPointer) {
    errorTrailer.receive(bytes)
    prelude.receive(bytes)
    inflater.receive(bytes, pool: threadPool())
    bytesDecoded = inflater.gzip.decoded
  }

  private func compare(_ bytes: UnsafeRawBufferPointer, with reference: Reference) {
    let position = bytesWire - Int64(bytes.count)
    if reference.matches(bytes, at: position) {
      bytesDecoded = Int64(Double(reference.decoded) * (Double(bytesWire) / Double(reference.length)))
    } else {
      diverge(from: reference, at: position)
      inflate(bytes)
    }
  }

  /// What is written already is compared; the rest is inflated and written, once for all.
  private func record(_ bytes: UnsafeRawBufferPointer, in recording: ReferenceRecording) {
    if let reference = recording.reference {
      go(from: recording, to: reference)
      return compare(bytes, with: reference)
    }
    let position = bytesWire - Int64(bytes.count)
    let known = Int(min(Int64(bytes.count), recording.length - position))
    let (old, new) = (bytes[..<known], bytes[known...])
    guard old.isEmpty || recording.matches(UnsafeRawBufferPointer(rebasing: old), at: position) else {
      diverge(from: recording, at: position)
      return inflate(bytes)
    }
    let rest = UnsafeRawBufferPointer(rebasing: new)
    guard rest.isEmpty || recording.append(rest, pool: threadPool()) else {
      diverge(from: recording, at: position + Int64(known))
      return inflate(rest)
    }
    bytesDecoded = Int64(Double(recording.decoded) * (Double(bytesWire) / Double(recording.length)))
  }

  /// Another of its bodies was the first to come whole.
  private func go(from recording: ReferenceRecording, to reference: Reference) {
    self.reference = reference
    path = .compared(reference)
    recording.leave(pool: threadPool())
  }

  /// Goes on alone, in the state that the same bytes would have brought about in `full`.
  private func diverge(from recording: ReferenceRecording, at position: Int64) {
    path = .inflated
    if position <= Int64(RetainedPrefix.limit) {
      // So few that they are inflated again: the fast engine serves a body that is like no other.
      inflater = confirming(references.engine(target: target))
      recording.forEachPiece(from: 0, to: position, inflate)
    } else {
      inflater = ConfirmingValidator(recording.resume(at: position, pool: threadPool()))
      recording.forEachPiece(from: position - Int64(ErrorTrailerScanner.marker.utf8CodeUnitCount), to: position) {
        errorTrailer.receive($0)
      }
      recording.forEachPiece(from: 0, to: 1) { prelude.receive($0) }
    }
    recording.leave(pool: threadPool())
  }

  /// The body is over, and the recording may be with it.
  private func conclude(_ recording: ReferenceRecording, transport: TransportOutcome) {
    let pool = threadPool()
    if let reference = recording.reference { return go(from: recording, to: reference) }
    inflater = ConfirmingValidator(recording.conclusion(at: bytesWire, pool: pool))
    bytesDecoded = inflater.gzip.decoded
    path = .inflated
    if transport == .complete, bytesWire == recording.length { _ = recording.finish(pool: pool) }
    recording.leave(pool: pool)
  }

  /// Goes over to inflating, in the state that the same bytes would have brought about in `full`.
  private func diverge(from reference: Reference, at position: Int64) {
    path = .inflated
    guard position > 0 else {
      inflater = ConfirmingValidator(
        GzipStreamValidator(engine: .zlib, digests: options.decodedDigest, showsMembers: options.showsMembers))
      return
    }
    inflater = ConfirmingValidator(reference.resume(at: position, pool: threadPool()))
    // The reference itself holds no marker; one may have begun in its last bytes.
    reference.forEachPiece(from: position - Int64(ErrorTrailerScanner.marker.utf8CodeUnitCount), to: position) {
      errorTrailer.receive($0)
    }
    reference.forEachPiece(from: 0, to: 1) { prelude.receive($0) }
  }

  private func threadPool() -> InflatePool {
    if let pool { return pool }
    let own = InflatePool.ofThread()
    pool = own
    return own
  }
}

// MARK: - The end

extension BodyJudge {
  private func decide() -> Verdict {
    switch path {
    case .passed: return .unchecked
    case _ where bytesWire == 0: return .empty
    case .compared(let reference):
      // A beginning of a valid body: whole only where a member ends.
      guard let decoded = reference.decodedAtEnd(of: bytesWire) else { return .truncated }
      bytesDecoded = decoded
      return .valid
    case .inflated: return inflater.gzip.isGzip ? gzipVerdict() : plainVerdict()
    // Concluded before anybody decides.
    case .recorded: return .unchecked
    }
  }

  /// Where the first members of what has arrived end.
  private var ends: [Int64] {
    switch path {
    case .passed: []
    case .compared(let reference):
      reference.firstEnds(before: bytesWire, most: GzipStreamValidator.shownMembers)
    case .recorded(let recording): recording.firstEnds(before: bytesWire)
    case .inflated: inflater.gzip.firstEnds
    }
  }

  /// Whole gzip members of what has arrived.
  private var members: Int? {
    switch path {
    case .passed, .recorded: nil
    case .compared(let reference): reference.members(before: bytesWire)
    case .inflated: inflater.gzip.isGzip ? inflater.gzip.members : nil
    }
  }

  private func gzipVerdict() -> Verdict {
    let verdict = inflater.gzip.verdict
    return verdict.isInvalid && errorTrailer.isFound ? .inBandError : verdict
  }

  /// The body does not begin with 1f 8b.
  private func plainVerdict() -> Verdict {
    if inflater.gzip.phase == .abandoned { return .unchecked }
    if prelude.isFound { return .preludeLeaked }
    if GzipDisguise.isBase64(head: edges.head) { return .base64Text }
    if claim.claimsGzip {
      if errorTrailer.isFound { return .inBandError }
      // A lone 1f is the beginning of a member.
      return inflater.gzip.verdict == .truncated ? .truncated : .notGzip
    }
    let isLonger = claim.originLength.map { $0 < bytesWire } ?? false
    return isLonger || options.expectGzip || references.servedGzip(target: target) ? .decodedOnTheWay : .unchecked
  }

  private func treatment(_ verdict: Verdict) -> Treatment {
    // Nothing came that could have been treated: a HEAD's answer, a head without its body.
    if bodyMode == .off || (bytesWire == 0 && verdict != .empty) { return .off }
    if verdict == .unchecked || verdict == .empty { return .frame }
    return reference == nil ? .full : .compared
  }

  /// Tells the store what came of the body, and lets go of what it held.
  private func close(_ verdict: Verdict, transport: TransportOutcome) {
    if options.showsMembers { shownEnds = ends }
    isOpen = false
    if inflater.gzip.isGzip { references.noteGzip(target: target) }
    if reference != nil, verdict == .valid { references.compared(target: target, same: isTwin) }
    if case .recorded(let recording) = path { recording.leave(pool: threadPool()) }
    path = .passed
    inflater.release(to: threadPool())
    inflater = Self.idle
  }

  private var isTwin: Bool {
    guard case .compared(let reference) = path else { return false }
    return bytesWire == reference.length
  }

  /// Of a valid body. Twins share the reference's, which was made once.
  private func decodedDigest() -> String? {
    guard case .compared(let reference) = path else { return inflater.gzip.decodedSHA256 }
    return reference.decodedSHA256(endingAt: bytesWire, pool: threadPool())
  }
}

extension BodyJudge.Options {
  init(_ plan: LoadPlan) {
    self.init(
      mode: plan.validation, expectGzip: plan.expectations.gzip, digest: plan.expectations.sha256 != nil,
      decodedDigest: plan.expectations.decodedSHA256 != nil, showsMembers: plan.publishesLanes)
  }
}
