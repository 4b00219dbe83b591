using System.Diagnostics;
using System.Globalization;

namespace FaceAspire.Benchmarks.Search;

/// <summary>The same search as one writes it in Python: a matrix product in single precision and an argpartition.</summary>
internal static class NumpySearch
{
    private const string Interpreter = "/usr/bin/python3";

    private const string Script = """
        import sys, time
        try:
            import numpy
        except ImportError:
            sys.exit(3)
        rows, dimension, rounds = (int(argument) for argument in sys.argv[1:4])
        random = numpy.random.default_rng(20261125)
        gallery = numpy.empty((rows, dimension), numpy.float32)
        for start in range(0, rows, 10000):
            part = random.standard_normal((min(10000, rows - start), dimension), numpy.float32)
            gallery[start:start + len(part)] = part / numpy.linalg.norm(part, axis=1, keepdims=True)
        for probes in (1, 16):
            times = []
            for _ in range(rounds):
                probe = random.standard_normal((dimension, probes), numpy.float32)
                start = time.perf_counter()
                distances = 1 - gallery @ probe
                numpy.argpartition(distances, 10, axis=0)[:10]
                times.append(time.perf_counter() - start)
            print(sorted(times)[len(times) // 2] * 1000)
        """;

    /// <summary>Medians in milliseconds of a search by one probe and by sixteen; null where there is no numpy.</summary>
    public static async Task<(double One, double Sixteen)?> RunAsync(int rows, int dimension, int rounds)
    {
        if (!File.Exists(Interpreter))
        {
            return null;
        }

        ProcessStartInfo start = new(Interpreter, ["-c", Script, .. new[] { rows, dimension, rounds }.Select(static number => number.ToString(CultureInfo.InvariantCulture))])
        {
            RedirectStandardOutput = true,
        };
        using var python = Process.Start(start)!;
        string output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        if (python.ExitCode == 3)
        {
            return null;
        }

        double[] medians = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => double.Parse(line, CultureInfo.InvariantCulture))];
        return python.ExitCode == 0 && medians.Length == 2 ? (medians[0], medians[1]) : throw new InvalidOperationException($"numpy ended with {python.ExitCode}.");
    }
}
