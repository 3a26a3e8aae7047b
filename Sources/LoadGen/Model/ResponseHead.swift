/// The final response head of a stream (1xx skipped), as the header callback collected it.
///
/// Bounded: at most `maximumFields` fields and `maximumBytes` bytes of names and values are kept; the rest is counted in
/// `droppedFields`. Fields that verdicts and causes rest on are kept beyond that, `maximumEssentialFields` of them with at
/// most `maximumEssentialBytes` bytes each.
public struct ResponseHead: Sendable, Equatable {
  public static let maximumFields = 64
  public static let maximumBytes = 8 * 1024
  public static let maximumEssentialFields = 32
  public static let maximumEssentialBytes = 1024

  public struct Field: Sendable, Equatable {
    /// As received.
    public let name: String
    /// Invalid UTF-8 is repaired; leading and trailing white space is removed.
    public let value: String
    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// 100…599; 0 while none was received.
  public var status: Int = 0
  /// `1.0`, `1.1`, `2`.
  public var version: String = ""
  public var fields: [Field] = []
  public var droppedFields = 0

  public init() {}

  public init(status: Int, fields: [(String, String)]) {
    self.status = status
    self.version = "1.1"
    self.fields = fields.map { Field(name: $0.0, value: $0.1) }
  }

  /// The first value of a field, its name compared without regard to case.
  public func value(_ name: String) -> String? {
    fields.first { $0.name.utf8.count == name.utf8.count && $0.name.lowercased() == name.lowercased() }?.value
  }

  public func values(_ name: String) -> [String] {
    fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }
}
