import Synchronization
internal import ToolSupport

/// The references of all targets, shared by every thread of a run.
///
/// Guarantees: references and recordings together never hold more than `memory` (but for one that running bodies still
/// read after its URL was given up). Costs: one lock at a body's begin and one at its end, never one per chunk.
final class ReferenceStore: Sendable {
  /// How a body is to be judged.
  enum Assignment {
    case inflate(InflateStream.Engine)
    /// Inflate with zlib, and write down for a reference within so many bytes of memory.
    case record(reserved: Int64)
    case compare(Reference)
  }

  /// How a recording ended.
  enum Recorded {
    case reference(Reference)
    /// The body was not valid, or its transport not complete: the next body is tried.
    case unfit
    case tooLong
    /// Valid, but nothing to compare with: too many members, or it holds an error trailer's name.
    case unusable
  }

  /// So many valid bodies in a row that differ from the reference, and the URL's bodies are taken to differ each time.
  static let differencesAllowed = 4
  /// Recordings that outgrew what was left of the memory, before no more are tried.
  static let attemptsAllowed = 3
  /// Below this a recording of unknown length is not begun.
  private static let smallestGrant: Int64 = 64 * 1024

  private enum State {
    case none
    case recording
    case ready(Reference)
    case varying
    case unkept
  }

  private struct Entry {
    var state = State.none
    var engine = InflateStream.Engine.fastest
    var servedGzip = false
    var differencesInARow = 0
    var attempts = 0
    /// The memory for its reference was taken by others.
    var wasRefusedMemory = false
  }

  private struct Table {
    var entries: [Entry]
    var left: Int64
  }

  private let table: Mutex<Table>

  /// `targets`: their number; `memory` in bytes.
  init(targets: Int, memory: Int64) {
    let entries = [Entry](repeating: Entry(), count: max(0, targets))
    table = Mutex(Table(entries: entries, left: max(0, memory)))
  }

  /// There are targets up to this number now.
  func grow(to targets: Int) {
    table.withLock { table in
      while table.entries.count < targets { table.entries.append(Entry()) }
    }
  }

  /// Memory not in use.
  var memoryLeft: Int64 { table.withLock { $0.left } }

  /// How the body that begins now is to be judged.
  func assign(target: Int, mode: ValidationMode, declaredLength: Int64?) -> Assignment {
    table.withLock { table in
      guard table.entries.indices.contains(target) else { return .inflate(.fastest) }
      let entry = table.entries[target]
      guard mode == .compare else { return .inflate(entry.engine) }
      switch entry.state {
      case .ready(let reference): return .compare(reference)
      case .none: return Self.grant(declaredLength, target, &table) ?? .inflate(entry.engine)
      case .recording, .varying, .unkept: return .inflate(entry.engine)
      }
    }
  }

  private static func grant(_ declaredLength: Int64?, _ target: Int, _ table: inout Table) -> Assignment? {
    if let declaredLength, declaredLength > Reference.wireLimit {
      table.entries[target].state = .unkept
      return nil
    }
    let wanted = Reference.memory(wire: declaredLength ?? Reference.wireLimit)
    let reserved = min(wanted, table.left)
    guard reserved == wanted || (declaredLength == nil && reserved >= smallestGrant) else {
      table.entries[target].wasRefusedMemory = true
      return nil
    }
    table.left -= reserved
    table.entries[target].state = .recording
    return .record(reserved: reserved)
  }

  func ended(_ recorded: Recorded, reserved: Int64, target: Int) {
    table.withLock { table in
      table.left += reserved
      guard table.entries.indices.contains(target) else { return }
      switch recorded {
      case .reference(let reference):
        table.left -= reference.memory
        table.entries[target].state = .ready(reference)
      case .unfit: table.entries[target].state = .none
      case .unusable: table.entries[target].state = .unkept
      case .tooLong:
        table.entries[target].attempts += 1
        let isFinal =
          Reference.wire(memory: reserved) >= Reference.wireLimit
          || table.entries[target].attempts >= Self.attemptsAllowed
        table.entries[target].state = isFinal ? .unkept : .none
      }
    }
  }

  /// A compared body that turned out to be the reference's twin, or a valid body of its own.
  func compared(target: Int, same: Bool) {
    table.withLock { table in
      guard table.entries.indices.contains(target), case .ready(let reference) = table.entries[target].state else {
        return
      }
      table.entries[target].differencesInARow = same ? 0 : table.entries[target].differencesInARow + 1
      if table.entries[target].differencesInARow >= Self.differencesAllowed {
        table.entries[target].state = .varying
        table.left += reference.memory
      }
    }
  }

  /// The target has sent gzip: a body without is decoded on the way from now on.
  func noteGzip(target: Int) {
    table.withLock { if $0.entries.indices.contains(target) { $0.entries[target].servedGzip = true } }
  }

  func servedGzip(target: Int) -> Bool {
    table.withLock { $0.entries.indices.contains(target) && $0.entries[target].servedGzip }
  }

  /// What inflates a body of the target that nothing is known of.
  func engine(target: Int) -> InflateStream.Engine {
    table.withLock { $0.entries.indices.contains(target) ? $0.entries[target].engine : .fastest }
  }

  /// ISA-L rejected a body whose bytes were gone: zlib judges the target's bodies from now on.
  func distrustISAL(target: Int) {
    table.withLock { if $0.entries.indices.contains(target) { $0.entries[target].engine = .zlib } }
  }

  /// One line for each way in which targets' bodies were not judged as asked for, with the targets.
  func notes(targets: [String]) -> [String] {
    let entries = table.withLock { $0.entries }
    return Remark.allCases.compactMap { remark in
      remark.line(zip(entries, targets).filter { remark.is(of: $0.0) }.map(\.1))
    }
  }

  private enum Remark: CaseIterable {
    case varying, unkept, refusedMemory, distrusted

    func `is`(of entry: Entry) -> Bool {
      switch (self, entry.state) {
      case (.varying, .varying), (.unkept, .unkept): true
      case (.refusedMemory, .none): entry.wasRefusedMemory
      case (.distrusted, _): entry.engine != .fastest
      default: false
      }
    }

    /// Nil where it is of no target.
    func line(_ targets: [String]) -> String? {
      guard let first = targets.first else { return nil }
      let name = targets.count == 1 ? first : "\(first) and \(HumanText.grouped(targets.count - 1)) more"
      return switch self {
      case .varying: "bodies of \(name) differ each time: nothing to compare with, each was inflated in full"
      case .unkept:
        "no reference of \(name) could be kept (its size, --reference-memory): each body was inflated in full"
      case .refusedMemory:
        "no memory left for a reference of \(name) (--reference-memory): its bodies were inflated in full"
      case .distrusted:
        "ISA-L rejected a body of \(name) that could not be read again: zlib judged that URL from then on"
      }
    }
  }
}
