internal import ArgumentParser

#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// What is read of ArgumentParser's own description of a tool (its ToolInfo, serialization version 0).
struct ToolDescription: Decodable {
  var command: Command

  struct Command: Decodable {
    var commandName: String
    var aliases: [String]?
    var abstract: String?
    var discussion: String?
    var shouldDisplay: Bool?
    var defaultSubcommand: String?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
      var typed: String { (kind == "long" ? "--" : "-") + name }
    }
    var kind: String
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
    var parsingStrategy: String
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var sectionTitle: String?
    var abstract: String?
  }

  /// - Throws: `couldNotRun` when ArgumentParser describes commands in another form than this reads.
  init(_ command: any ParsableCommand.Type) throws(ToolFailure) {
    do {
      self = try JSONDecoder().decode(ToolDescription.self, from: Data(command._dumpHelp().utf8))
    } catch {
      throw ToolFailure(.couldNotRun, "the options cannot be listed, so the environment and --config cannot be read")
    }
  }
}

extension ToolDescription.Argument {
  var longNames: [String] { (names ?? []).filter { $0.kind == "long" }.map(\.name) }

  /// `30s` of `How long streams may go on (30s).`
  var remark: String? {
    guard var text = abstract?[...] else { return nil }
    if text.hasSuffix(".") { text.removeLast() }
    guard text.hasSuffix(")"), let start = text.lastIndex(of: "(") else { return nil }
    let remark = text[text.index(after: start)...].dropLast()
    return remark == "the default" ? nil : String(remark)
  }
}
