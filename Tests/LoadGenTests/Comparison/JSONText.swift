import Foundation

/// Decoding, where a test has no other need of Foundation.
enum JSONText {
  static func decode<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
    try JSONDecoder().decode(type, from: Data(text.utf8))
  }
}
