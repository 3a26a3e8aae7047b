/// The ASCII form of a host with letters of other scripts, for suggestions: `bücher.example` is `xn--bcher-kva.example`
/// (Punycode, RFC 3492).
///
/// A suggestion only: what a registry maps to something else before it is encoded is the writer's to know. Where letters
/// and their marks may be written in more than one way there is none.
enum InternationalHost {
  /// Nil where there is no such form, or none that is certain.
  static func ascii(_ host: some StringProtocol) -> String? {
    var labels: [String] = []
    for label in host.lowercased().split(separator: ".", omittingEmptySubsequences: false) {
      let scalars = label.unicodeScalars.map(\.value)
      guard label.unicodeScalars.allSatisfy(isCertain) else { return nil }
      guard scalars.contains(where: { $0 >= 0x80 }) else {
        labels.append(String(label))
        continue
      }
      guard let encoded = punycode(scalars), encoded.utf8.count <= 59 else { return nil }
      labels.append("xn--" + encoded)
    }
    return labels.joined(separator: ".")
  }

  private static func isCertain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    // ß and its like are mapped by some and kept by others.
    case .lowercaseLetter: ![0xDF, 0x3C2].contains(scalar.value)
    case .otherLetter, .decimalNumber: true
    case .dashPunctuation: scalar == "-"
    default: false
    }
  }

  /// RFC 3492 §6.3. Nil for a label that is longer than any can be.
  private static func punycode(_ input: [UInt32]) -> String? {
    guard input.count <= 63 else { return nil }
    var output = input.filter { $0 < 0x80 }.map { UInt8($0) }
    let basic = output.count
    var handled = basic
    if basic > 0 { output.append(UInt8(ascii: "-")) }
    var next = 128
    var delta = 0
    var bias = 72
    while handled < input.count, let smallest = input.lazy.map(Int.init).filter({ $0 >= next }).min() {
      delta += (smallest - next) * (handled + 1)
      next = smallest
      for scalar in input.lazy.map(Int.init) {
        if scalar < next { delta += 1 }
        guard scalar == next else { continue }
        append(delta, bias, to: &output)
        bias = adapted(delta, points: handled + 1, isFirst: handled == basic)
        delta = 0
        handled += 1
      }
      delta += 1
      next += 1
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// A number in digits whose base grows with the place.
  private static func append(_ number: Int, _ bias: Int, to output: inout [UInt8]) {
    var rest = number
    var place = base
    while true {
      let threshold = min(max(place - bias, 1), 26)
      guard rest >= threshold else { return output.append(digit(rest)) }
      output.append(digit(threshold + (rest - threshold) % (base - threshold)))
      rest = (rest - threshold) / (base - threshold)
      place += base
    }
  }

  /// §6.1.
  private static func adapted(_ delta: Int, points: Int, isFirst: Bool) -> Int {
    var delta = isFirst ? delta / 700 : delta / 2
    delta += delta / points
    var count = 0
    while delta > (base - 1) * 26 / 2 {
      delta /= base - 1
      count += base
    }
    return count + base * delta / (delta + 38)
  }

  /// a…z, then 0…9.
  private static func digit(_ value: Int) -> UInt8 { UInt8(value < 26 ? value + 97 : value + 22) }

  private static let base = 36
}
