using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.Vision.Inference;

/// <summary>The device that sessions run on, chosen once: a GPU where one is asked for and usable, else the CPU.</summary>
public sealed partial class InferenceDevice
{
    private const string Automatic = "";
    private const string Cpu = "-1";

    private readonly ILogger<InferenceDevice> _logger;
    private readonly Lock _choice = new();
    private int? _gpu;

    /// <summary>Notes what is asked for; the GPU is tried when the first session is made.</summary>
    /// <param name="gpuDevice">As <see cref="InferenceOptions.GpuDevice"/>.</param>
    /// <param name="logger">Hears once when the CPU stands in for a GPU.</param>
    public InferenceDevice(string gpuDevice, ILogger<InferenceDevice> logger)
    {
        _logger = logger;
        _gpu = gpuDevice switch
        {
            Cpu => null,
            Automatic => 0,
            _ => int.Parse(gpuDevice, CultureInfo.InvariantCulture),
        };
    }

    /// <summary>Makes a session for the model at <paramref name="path"/>.</summary>
    /// <remarks>One thread per run on the CPU: requests run side by side, which uses all cores without the cost of splitting each network over them.</remarks>
    /// <exception cref="OnnxRuntimeException">The file is no model that OnnxRuntime can load.</exception>
    public InferenceSession CreateSession(string path)
    {
        lock (_choice)
        {
            if (_gpu is { } gpu)
            {
                try
                {
                    using var options = CreateOptions();
                    options.AppendExecutionProvider_CUDA(gpu);
                    return new InferenceSession(path, options);
                }
                catch (Exception exception) when (exception is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
                {
                    // A package without CUDA, no driver, no such device, no memory left on it: not asked again for the next model.
                    // But a file that the CPU cannot load either says nothing about the GPU.
                    var session = CreateCpuSession(path);
                    _gpu = null;
                    LogFallback(gpu, exception.Message);
                    return session;
                }
            }
        }

        return CreateCpuSession(path);
    }

    private static InferenceSession CreateCpuSession(string path)
    {
        using var options = CreateOptions();
        return new InferenceSession(path, options);
    }

    private static SessionOptions CreateOptions() => new()
    {
        IntraOpNumThreads = 1,
        InterOpNumThreads = 1,
        ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
        GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,

        // Detector inputs change size from picture to picture: a memory plan per size would be kept for ever.
        EnableMemoryPattern = false,
        LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
    };

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "GPU {Device} cannot be used, running on the CPU: {Reason}")]
    private partial void LogFallback(int device, string reason);
}
