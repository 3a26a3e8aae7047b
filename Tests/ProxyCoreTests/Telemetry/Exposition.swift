/// Reads the Prometheus text format 0.0.4 and refuses everything that is not exactly right: what a scraper might forgive is
/// a fault here.
struct Exposition {
  struct Fault: Error, CustomStringConvertible { let description: String }

  struct Sample {
    var name: String
    var labels: [String: String]
    var value: Double
  }

  struct Family {
    var name: String
    var help: String
    var type: String
    var samples: [Sample] = []
  }

  private(set) var families: [String: Family] = [:]

  init(_ text: String) throws {
    guard text.hasSuffix("\n") else { throw Fault(description: "the last line has no end") }
    var current: Family?
    var seen: Set<String> = []
    for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("# HELP ") {
        try close(current)
        let parts = line.dropFirst(7).split(separator: " ", maxSplits: 1)
        guard parts.count == 2, Self.isName(parts[0]) else { throw Fault(description: "HELP: \(line)") }
        guard families[String(parts[0])] == nil else { throw Fault(description: "twice: \(line)") }
        current = Family(name: String(parts[0]), help: String(parts[1]), type: "")
      } else if line.hasPrefix("# TYPE ") {
        let parts = line.dropFirst(7).split(separator: " ")
        guard var family = current, parts.count == 2, family.name == parts[0], family.type.isEmpty,
          ["counter", "gauge", "histogram"].contains(parts[1])
        else { throw Fault(description: "TYPE: \(line)") }
        family.type = String(parts[1])
        current = family
      } else {
        let sample = try Self.sample(line)
        guard var family = current, !family.type.isEmpty, Self.belongs(sample, family) else {
          throw Fault(description: "no family: \(line)")
        }
        let key = sample.name + sample.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined()
        guard seen.insert(key).inserted else { throw Fault(description: "duplicate: \(line)") }
        family.samples.append(sample)
        current = family
      }
    }
    try close(current)
  }

  /// The one sample with exactly these labels.
  func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
    let family = families.values.first { $0.samples.contains { $0.name == name } }
    return family?.samples.first { $0.name == name && $0.labels == labels }?.value
  }

  private mutating func close(_ family: Family?) throws {
    guard let family else { return }
    guard !family.samples.isEmpty else { throw Fault(description: "\(family.name) has no sample") }
    if family.type == "counter" {
      guard family.name.hasSuffix("_total"), family.samples.allSatisfy({ $0.value >= 0 }) else {
        throw Fault(description: "counter \(family.name)")
      }
    }
    if family.type == "histogram" { try Self.check(family) }
    families[family.name] = family
  }

  private static func check(_ family: Family) throws {
    let buckets = family.samples.filter { $0.name == family.name + "_bucket" }
    let bounds = buckets.compactMap { $0.labels["le"].flatMap { $0 == "+Inf" ? .infinity : Double($0) } }
    let count = family.samples.first { $0.name == family.name + "_count" }?.value
    guard bounds.count == buckets.count, bounds == bounds.sorted(), Set(bounds).count == bounds.count,
      bounds.last == .infinity, buckets.map(\.value) == buckets.map(\.value).sorted(), buckets.last?.value == count,
      family.samples.contains(where: { $0.name == family.name + "_sum" }), family.samples.count == buckets.count + 2
    else { throw Fault(description: "histogram \(family.name)") }
  }

  private static func belongs(_ sample: Sample, _ family: Family) -> Bool {
    guard family.type == "histogram" else { return sample.name == family.name && sample.labels["le"] == nil }
    return ["_bucket", "_sum", "_count"].contains { sample.name == family.name + $0 }
      && (sample.labels["le"] != nil) == sample.name.hasSuffix("_bucket")
  }

  private static func sample(_ line: Substring) throws -> Sample {
    let fault = Fault(description: "sample: \(line)")
    guard let nameEnd = line.firstIndex(where: { $0 == "{" || $0 == " " }), isName(line[..<nameEnd]) else {
      throw fault
    }
    var sample = Sample(name: String(line[..<nameEnd]), labels: [:], value: 0)
    var rest = line[nameEnd...]
    if rest.first == "{" {
      rest = rest.dropFirst()
      while rest.first != "}" {
        guard let equals = rest.firstIndex(of: "="), isName(rest[..<equals]), !rest[..<equals].contains(":") else {
          throw fault
        }
        let name = String(rest[..<equals])
        rest = rest[equals...].dropFirst()
        let value = try quoted(&rest, fault)
        guard sample.labels.updateValue(value, forKey: name) == nil else { throw fault }
        if rest.first == "," { rest = rest.dropFirst() } else if rest.first != "}" { throw fault }
      }
      rest = rest.dropFirst()
    }
    guard rest.first == " ", let value = Double(rest.dropFirst()), !rest.dropFirst().contains(" ") else { throw fault }
    sample.value = value
    return sample
  }

  private static func quoted(_ rest: inout Substring, _ fault: Fault) throws -> String {
    guard rest.first == "\"" else { throw fault }
    rest = rest.dropFirst()
    var value = ""
    while let character = rest.first {
      rest = rest.dropFirst()
      if character == "\"" { return value }
      guard character == "\\" else {
        value.append(character)
        continue
      }
      switch rest.popFirst() {
      case "n": value += "\n"
      case "\\": value += "\\"
      case "\"": value += "\""
      default: throw fault
      }
    }
    throw fault
  }

  private static func isName(_ text: Substring) -> Bool {
    guard let first = text.unicodeScalars.first, !("0"..."9").contains(first) else { return false }
    return text.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0) || $0 == "_" || $0 == ":"
    }
  }
}
