public import ArgumentParser

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Runs a command and turns whatever it throws into one line on stderr and the exit code of the contract.
///
/// ArgumentParser's own `main()` exits 64 on a wrong option; our contract says 2.
public enum ToolMain {
  /// - Parameter failed: told the message of a failure before the process ends.
  public static func run(
    _ command: any ParsableCommand.Type, name: String, arguments: [String],
    failed: (String) async -> Void = { _ in }
  ) async -> Never {
    _ = StandardStreams.closedAtStart
    ignoreRefusedWrites()
    unblockSignals()
    endAtOnceOnCrash()
    do {
      if arguments == [manualOption] {
        try StandardOutput.write(try ManualPage(command).text)
        exit(0)
      }
      guard let configured = command as? any ConfiguredCommand.Type else {
        try await execute(command, arguments)
        exit(0)
      }
      let settings = try Settings.load(configured, arguments)
      for warning in settings.warnings { StandardError.write("\(name): \(warning)\n") }
      try await execute(command, settings)
      exit(0)
    } catch let failure as ToolFailure {
      StandardError.write("\(name): \(failure.message)\n")
      await failed(failure.message)
      exit(failure.exit.rawValue)
    } catch {
      if (error as? ExitCode) == nil, !command.exitCode(for: error).isSuccess {
        await failed(oneLine(command.message(for: error)))
      }
      finish(command, name: name, error: error)
    }
  }

  /// Between the sources and `Scripts/manual.sh` alone: prints the tool's manual page.
  private static let manualOption = "--generate-manual"

  private static func execute(_ command: any ParsableCommand.Type, _ arguments: [String]) async throws {
    var parsed = try command.parseAsRoot(arguments)
    if var asynchronous = parsed as? any AsyncParsableCommand {
      try await asynchronous.run()
    } else {
      try parsed.run()
    }
  }

  /// A wrong value from the environment or a file is told as such.
  private static func execute(_ command: any ParsableCommand.Type, _ settings: Settings) async throws {
    let culprit = settings.culprit { arguments in
      do {
        _ = try command.parseAsRoot(arguments)
        return nil
      } catch {
        return command.exitCode(for: error).isSuccess ? nil : oneLine(command.message(for: error))
      }
    }
    if let (entry, message) = culprit {
      throw ToolFailure(.badConfiguration, "\(entry.source): \(message)")
    }
    do {
      try await Settings.$current.withValue(settings) { try await execute(command, settings.arguments) }
    } catch let failure as ToolFailure {
      throw settings.attributed(failure)
    }
  }

  /// Help and version go to stdout with 0; a usage error to stderr with 2; an `ExitCode` is taken at its word.
  private static func finish(_ command: any ParsableCommand.Type, name: String, error: any Error) -> Never {
    if let code = error as? ExitCode { exit(code.rawValue) }
    if command.exitCode(for: error).isSuccess {
      do { try StandardOutput.write(command.fullMessage(for: error) + "\n") } catch {
        StandardError.write("\(name): \(error.message)\n")
        exit(error.exit.rawValue)
      }
      exit(0)
    }
    let text = command.message(for: error)
    StandardError.write("\(name): \(oneLine(text)) (\(name) --help)\n")
    exit(ToolExit.usage.rawValue)
  }

  /// ArgumentParser spreads some messages over lines; an operator's log wants one.
  private static func oneLine(_ text: String) -> String {
    text.split(separator: "\n").map { $0.trimmingPrefix(while: \.isWhitespace) }.joined(separator: " ")
  }

  /// A reader that goes away (`gzload … | head`) and a file that may grow no further (`ulimit -f`) are errors of `write`, not
  /// the end of the process.
  private static func ignoreRefusedWrites() {
    for number in [SIGPIPE, SIGXFSZ] { signal(number, SIG_IGN) }
  }

  /// On a terminal the runtime's backtracer would ask what to do and wait for half a minute, with the lab's children alive
  /// meanwhile. Who wants it sets SWIFT_BACKTRACE; the reason of a trap is on stderr either way.
  private static func endAtOnceOnCrash() {
    guard getenv("SWIFT_BACKTRACE") == nil else { return }
    for number in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT] { signal(number, SIG_DFL) }
  }

  /// A parent may have started us with signals blocked, and a mask outlives exec: Ctrl-C would do nothing.
  private static func unblockSignals() {
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
  }
}
