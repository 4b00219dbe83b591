using System.Diagnostics;
using FaceAspire.Contracts.Errors;
using Microsoft.ML.OnnxRuntime;

namespace FaceAspire.Vision.Inference;

/// <summary>The session of one model: made on first use, once, shared by all threads, given back when the last run has ended.</summary>
/// <param name="name">Name of the model, for messages.</param>
/// <param name="locate">Finds the verified file; throws what the caller of the API should hear when it is missing. Asked again after a failure.</param>
/// <param name="device">Where to run.</param>
public sealed class InferenceSessionPool(string name, Func<string> locate, InferenceDevice device) : IDisposable
{
    private readonly ReaderWriterLockSlim _lifetime = new();
    private readonly Lock _creation = new();
    private volatile InferenceSession? _session;
    private bool _disposed;

    /// <summary>Name of the model.</summary>
    public string Name { get; } = name;

    /// <summary>Makes the session if there is none yet.</summary>
    /// <exception cref="FaceAspireException">The weights are missing or refused, or the file cannot be loaded.</exception>
    public void Load()
    {
        // Else a session made while the pool is disposed of would have no owner.
        _lifetime.EnterReadLock();
        try
        {
            _ = Session();
        }
        finally
        {
            _lifetime.ExitReadLock();
        }
    }

    /// <summary>Runs the network on one input and hands its outputs to <paramref name="read"/>, in the model's own order. They are gone when it returns.</summary>
    /// <param name="input">The input tensor, N×C×H×W.</param>
    /// <param name="shape">Its four sizes.</param>
    /// <param name="read">Takes what it needs from the outputs.</param>
    /// <param name="cancellationToken">Stops the run between two nodes.</param>
    /// <exception cref="FaceAspireException">The network failed: <see cref="Contracts.Errors.ErrorCode.InferenceError"/>.</exception>
    public T Run<T>(Memory<float> input, ReadOnlySpan<long> shape, Func<InferenceOutputs, T> read, CancellationToken cancellationToken)
    {
        _lifetime.EnterReadLock();
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            var session = Session();
            using var tensor = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, input, shape.ToArray());
            using RunOptions options = new(); // declared before the registration, so gone after it: the callback never meets a freed handle
            using var activity = VisionTelemetry.Source.StartActivity("run")?.SetTag("model", Name).SetTag("batch", shape[0]);
            using var stop = cancellationToken.UnsafeRegister(static o => ((RunOptions)o!).Terminate = true, options);
            try
            {
                long start = Stopwatch.GetTimestamp();
                using var outputs = session.Run(options, session.InputNames, [tensor], session.OutputNames);
                VisionTelemetry.InferenceDuration.Record(Stopwatch.GetElapsedTime(start).TotalSeconds, new KeyValuePair<string, object?>("model", Name));
                return read(new(session.OutputNames, outputs));
            }
            catch (OnnxRuntimeException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (OnnxRuntimeException exception)
            {
                throw new FaceAspireException(ErrorCode.InferenceError, $"The model '{Name}' failed on this input.", exception);
            }
        }
        finally
        {
            _lifetime.ExitReadLock();
        }
    }

    /// <summary>Waits until no run is in flight, then frees the session: freeing it under a run would crash the process.</summary>
    public void Dispose()
    {
        _lifetime.EnterWriteLock();
        try
        {
            _disposed = true;
            _session?.Dispose();
            _session = null;
        }
        finally
        {
            _lifetime.ExitWriteLock();
        }
    }

    private InferenceSession Session()
    {
        if (_session is { } existing)
        {
            return existing;
        }

        lock (_creation)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_session is { } made)
            {
                return made;
            }

            string path = locate();
            try
            {
                return _session = device.CreateSession(path);
            }
            catch (OnnxRuntimeException exception)
            {
                throw new FaceAspireException(ErrorCode.InferenceError, $"The file of the model '{Name}' cannot be loaded.", exception);
            }
        }
    }
}
