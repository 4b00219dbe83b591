using FaceAspire.Testing;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.Vision.Tests.Inference;

/// <summary>On OnnxRuntime's package for the CPU, where every GPU is one that cannot be used.</summary>
public sealed class InferenceDeviceTests
{
    [Theory]
    [InlineData("0", 1)]
    [InlineData("", 1)]
    [InlineData("-1", 0)]
    public void CreateSession_NoUsableGpu_RunsOnTheCpuAndSaysSoOnce(string gpuDevice, int warnings)
    {
        string model = SharedMaterial.File("models", "fer_mini_xception.onnx");
        var logger = new ListLogger();
        var device = new InferenceDevice(gpuDevice, logger);

        using var first = device.CreateSession(model);
        using var second = device.CreateSession(model);

        first.OutputNames.ShouldBe(["probabilities"]);
        second.OutputNames.ShouldBe(["probabilities"]);
        logger.Levels.ShouldBe(Enumerable.Repeat(LogLevel.Warning, warnings));
    }

    [Fact]
    public void CreateSession_FileIsNoModel_SaysNothingAboutTheGpu()
    {
        string model = SharedMaterial.File("models", "fer_mini_xception.onnx");
        string broken = Path.GetTempFileName();
        var logger = new ListLogger();
        var device = new InferenceDevice("0", logger);
        try
        {
            File.WriteAllText(broken, "not a model");
            Should.Throw<OnnxRuntimeException>(() => device.CreateSession(broken));
        }
        finally
        {
            File.Delete(broken);
        }

        logger.Levels.ShouldBeEmpty();

        // The GPU is still asked for: the next model that loads finds out.
        device.CreateSession(model).Dispose();
        logger.Levels.ShouldBe([LogLevel.Warning]);
    }

    private sealed class ListLogger : ILogger<InferenceDevice>
    {
        public List<LogLevel> Levels { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Levels.Add(logLevel);
    }
}
