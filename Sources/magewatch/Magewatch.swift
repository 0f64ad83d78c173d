import ArgumentParser

@main struct Magewatch: ParsableCommand {}
