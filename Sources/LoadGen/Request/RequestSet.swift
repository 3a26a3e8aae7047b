internal import ToolSupport

/// The requests of a run, one for each target, and which stream sends which.
final class RequestSet: Sendable {
  /// Descriptors that bodies may hold, inside `LaneLimit.reserve`.
  static let maximumStreamedFiles = 32

  let targets: [TargetRequest]
  private let picker: TargetPicker

  /// Opens the files that are streamed, and reads them once where requests are signed.
  /// - Throws: `usage` for a file or a template that cannot be used.
  init(_ plan: LoadPlan) throws(ToolFailure) {
    var bodies = Bodies(isHashing: plan.signing != nil)
    var targets: [TargetRequest] = []
    targets.reserveCapacity(plan.targets.count)
    for (index, target) in plan.targets.enumerated() {
      let (content, hash) = try bodies.prepared(target.body ?? plan.body)
      targets.append(
        try TargetRequest(index: index, target: target, plan: plan, content: content, payloadHash: hash))
    }
    self.targets = targets
    picker = TargetPicker(weights: plan.targets.map(\.weight), seed: plan.seed)
  }

  /// - Throws: `usage` for a template that cannot be filled in.
  static func checkTemplates(of target: LoadTarget, _ plan: LoadPlan) throws(ToolFailure) {
    let content: TargetRequest.Body = (target.body ?? plan.body) == nil ? .none : .held(RequestBody([]))
    _ = try TargetRequest(index: 0, target: target, plan: plan, content: content, payloadHash: "")
  }

  func request(for ticket: StreamAllocator.Ticket) -> TargetRequest { targets[picker.target(of: ticket.stream)] }
}

/// Each body once, however many targets send it.
private struct Bodies {
  /// Copies of an array share their bytes, so an address and a count say that two are one. The arrays are the plan's, which
  /// outlives this.
  private struct Identity: Hashable {
    let address: UInt
    let count: Int
  }

  private static let hashOfNothing = SigV4.hash([])

  let isHashing: Bool
  private var held: [Identity: (TargetRequest.Body, String)] = [:]
  private var files: [String: (TargetRequest.Body, String)] = [:]

  init(isHashing: Bool) { self.isHashing = isHashing }

  mutating func prepared(_ content: RequestContent?) throws(ToolFailure) -> (TargetRequest.Body, String) {
    switch content {
    case nil: return (.none, Self.hashOfNothing)
    case .bytes(let bytes):
      let address = bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
      let identity = Identity(address: address, count: bytes.count)
      if let known = held[identity] { return known }
      let made = (TargetRequest.Body.held(RequestBody(bytes)), isHashing ? SigV4.hash(bytes) : "")
      held[identity] = made
      return made
    case .file(let path, let length):
      if let known = files[path] { return known }
      guard files.count < RequestSet.maximumStreamedFiles else {
        throw .usage(
          "\(OptionText.shown(path)): more than \(RequestSet.maximumStreamedFiles) files of over 1 MiB are sent;"
            + " use fewer, or smaller ones")
      }
      let file = try StreamedFile(path: path, length: length)
      let made = (TargetRequest.Body.file(file), isHashing ? try file.hash() : "")
      files[path] = made
      return made
    }
  }
}
