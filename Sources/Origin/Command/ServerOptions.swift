internal import ArgumentParser
internal import NIOCore
internal import ToolSupport

/// What both servers of this tool take: where to listen and on how many event loops.
struct ServerOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Where to listen; port 0 takes a free one. (default: 127.0.0.1:8081)", valueName: "host:port"))
  var listen: String?

  @Option(help: ArgumentHelp("Event loops, 1 to 256. (default: one a core)", valueName: "n"))
  var threads: Int?

  @Flag(help: "Allow an address beyond loopback: anyone who reaches it may ask for terabytes.")
  var insecureOpen = false

  @OptionGroup var link: ChildLink

  /// What anyone who reaches the port may do.
  static let openness = "anyone may ask for terabytes"

  /// Option before environment before default.
  func resolve() throws(ToolFailure) -> (address: ListenAddress, threads: Int) {
    let text = listen ?? Environment.value("GZORIGIN_LISTEN") ?? "127.0.0.1:8081"
    let address = try ListenAddress(parsing: text)
    let isOpen = insecureOpen || ["1", "true", "yes"].contains(Environment.value("GZORIGIN_INSECURE_OPEN") ?? "")
    try address.check(insecureOpen: isOpen, because: Self.openness)
    return (address, try resolveThreads())
  }

  private func resolveThreads() throws(ToolFailure) -> Int {
    let variable = Environment.value("GZORIGIN_THREADS")
    let text = threads.map(String.init) ?? variable ?? String(System.coreCount)
    guard let count = Int(text), (1...256).contains(count) else {
      let name = threads == nil ? "GZORIGIN_THREADS=" : "--threads "
      throw ToolFailure(
        threads == nil ? .badConfiguration : .usage, "\(name)\(text): must be a whole number from 1 to 256")
    }
    return count
  }
}
