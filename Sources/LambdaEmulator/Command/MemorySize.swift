internal import ArgumentParser
internal import ToolSupport

/// `2048` or `2GiB`: a number alone is megabytes, as AWS counts. Whatever is typed is taken: `checked` says what is wrong with it.
struct MemorySize: ExpressibleByArgument, Sendable, Equatable {
  /// What Lambda gives a function (AWS: "Configure Lambda function memory", and Managed Instances' 32 GB).
  static let megabytes: ClosedRange<Int64> = 128...32768

  let text: String
  /// Nil when it is no size, or out of range.
  let bytes: Int64?

  init(megabytes: Int64) { self.init(argument: String(megabytes)) }

  init(argument text: String) {
    self.text = text
    let plain = Int64(text).map { $0.multipliedReportingOverflow(by: 1 << 20) }
    let bytes = plain.map { $0.overflow ? -1 : $0.partialValue } ?? ByteSize(argument: text)?.bytes ?? -1
    let range = Self.megabytes.lowerBound << 20...Self.megabytes.upperBound << 20
    self.bytes = range.contains(bytes) ? bytes : nil
  }

  func checked() throws(ToolFailure) -> Int64 {
    guard let bytes else {
      let (least, most) = (Self.megabytes.lowerBound, Self.megabytes.upperBound)
      throw .usage("--memory", "\(text): must be from \(least) to \(most) MB, or a size in that range such as 2GiB")
    }
    return bytes
  }

  var defaultValueDescription: String { text }
}
