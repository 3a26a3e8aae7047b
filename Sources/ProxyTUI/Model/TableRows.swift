internal import LoadGen

/// The rows of the open table in its filter and order, other than those of streams.
///
/// Of the moment of the figures above it. Made twice a second and after a key, as the stream table's order is: what is searched and
/// sorted for every frame, and by everybody who wants to know how many there are, costs more than all the drawing.
struct TableRows: Sendable {
  private(set) var failures: [FailureBook.Kind] = []
  private(set) var instances: [InstanceRow] = []
  /// The latest first.
  private(set) var log: [EventLog.Entry] = []

  init() {}

  init(_ model: DashboardModel) {
    let list = model.list
    switch model.tab {
    case .failures: failures = Self.arranged(model.readKinds, list)
    case .environments:
      instances = Self.arranged(InstanceRow.rows(model.shown), list)
    case .log: log = Self.arranged(model.log.entries.reversed(), list)
    case .streams, .overview, .latency: break
    }
  }

  /// Of the one that is open.
  var count: Int { failures.count + instances.count + log.count }

  /// What a row is called, wherever it stands; nil beyond the end.
  func key(at position: Int) -> String? {
    guard (0..<count).contains(position) else { return nil }
    if !failures.isEmpty { return failures[position].name }
    if !instances.isEmpty { return instances[position].id }
    return String(log[position].number)
  }

  func position(of key: String) -> Int? {
    if !failures.isEmpty { return failures.firstIndex { $0.name == key } }
    if !instances.isEmpty { return instances.firstIndex { $0.id == key } }
    return Int(key).flatMap { number in log.firstIndex { $0.number == number } }
  }

  private static func arranged<Row: Listed>(_ rows: [Row], _ list: ListState) -> [Row] {
    let kept = list.filter.isEmpty ? rows : rows.filter { list.filter.matches($0) }
    guard let sort = list.sort else { return kept }
    return sort.order(of: kept.map { $0.value(sort.field) }).map { kept[$0] }
  }
}
