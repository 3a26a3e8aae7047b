internal import Synchronization
internal import ToolSupport

/// The requests of a run, one for each target, and which of them new streams send.
///
/// Targets are added and never taken away, so that an index means the same for as long as the run lasts. Costs: who asks for
/// requests keeps the table that it has, and an atomic load tells whether there is a newer one (`RequestReader`).
final class RequestSet: Sendable {
  /// Descriptors that bodies may hold, inside `LaneLimit.reserve`.
  static let maximumStreamedFiles = 32
  /// Targets that may be added to the plan's while a run goes on.
  static let maximumAdded = 1024

  private let plan: LoadPlan
  private let table: Mutex<RequestTable>
  private let versions = Atomic<Int>(0)

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
    self.plan = plan
    table = Mutex(
      RequestTable(
        targets: plan.targets, requests: targets, active: Array(plan.targets.indices), seed: plan.seed))
  }

  /// Grows with every change.
  var version: Int { versions.load(ordering: .acquiring) }

  /// The table, and the version that it is at least of.
  func latest() -> (table: RequestTable, version: Int) {
    let version = version
    return (table.withLock { $0 }, version)
  }

  /// New streams send the requests of these targets; those that the run does not have yet are added. Nothing has changed when
  /// it throws.
  ///
  /// - Throws: `usage` when there would be too many targets, or one sends a body that none has sent before.
  func set(_ wanted: [LoadTarget]) throws(ToolFailure) {
    let limit = plan.targets.count &+ Self.maximumAdded
    let outcome = table.withLock { table in
      Result { () throws(ToolFailure) in
        table = try table.activating(wanted, atMost: limit, plan: plan)
        versions.wrappingAdd(1, ordering: .releasing)
      }
    }
    try outcome.get()
  }

  /// - Throws: `usage` for a template that cannot be filled in.
  static func checkTemplates(of target: LoadTarget, _ plan: LoadPlan) throws(ToolFailure) {
    let content: TargetRequest.Body = (target.body ?? plan.body) == nil ? .none : .held(RequestBody([]))
    _ = try TargetRequest(index: 0, target: target, plan: plan, content: content, payloadHash: "")
  }

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
