using System.Collections.Concurrent;
using System.Diagnostics;
using FaceAspire.Contracts.Errors;
using FaceAspire.Testing;
using FaceAspire.Vision.Inference;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Vision.Tests.Inference;

public sealed class InferenceSessionPoolTests
{
    // Faces at once that keep a core busy for about a second.
    private const int LongBatch = 128;

    private static readonly long[] _shape = [1, 3, 112, 112];

    private static InferenceDevice Cpu => new("-1", NullLogger<InferenceDevice>.Instance);

    [Fact]
    public void Load_FileIsNoModel_IsAnInferenceErrorWithoutThePath()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllText(path, "not a model");
            using var pool = new InferenceSessionPool("broken", () => path, Cpu);

            var error = Should.Throw<FaceAspireException>(pool.Load);

            error.Code.ShouldBe(ErrorCode.InferenceError);
            error.Message.ShouldContain("broken");
            error.Message.ShouldNotContain(Path.GetTempPath());
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Load_FileComesLater_IsFoundThen()
    {
        bool present = false;
        string model = SharedMaterial.File("models", "mobileface_v2.onnx");
        using var pool = new InferenceSessionPool(
            "late", () => present ? model : throw new FaceAspireException(ErrorCode.ModelUnavailable, "not yet"), Cpu);
        Should.Throw<FaceAspireException>(pool.Load).Code.ShouldBe(ErrorCode.ModelUnavailable);

        present = true;
        pool.Load();

        Run(pool).ShouldBe(256);
    }

    [Fact]
    public void Run_AfterDispose_Throws()
    {
        var pool = new InferenceSessionPool("gone", () => SharedMaterial.File("models", "mobileface_v2.onnx"), Cpu);
        SharedMaterial.Require();
        pool.Load();
        pool.Dispose();

        Should.Throw<ObjectDisposedException>(() => Run(pool));
    }

    [Fact]
    public void Run_WrongShape_IsAnInferenceError()
    {
        using var pool = new InferenceSessionPool("shape", () => SharedMaterial.File("models", "mobileface_v2.onnx"), Cpu);
        SharedMaterial.Require();

        var error = Should.Throw<FaceAspireException>(() =>
            pool.Run(new float[3 * 10 * 10], [1, 3, 10, 10], static outputs => outputs[0].Length, TestContext.Current.CancellationToken));

        error.Code.ShouldBe(ErrorCode.InferenceError);
    }

    [Fact]
    public async Task Dispose_RunsInFlight_WaitsForThem()
    {
        SharedMaterial.Require();
        var pool = new InferenceSessionPool("busy", () => SharedMaterial.File("models", "dlib_resnet.onnx"), Cpu);
        using var running = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var ended = new ConcurrentQueue<string>();
        var token = TestContext.Current.CancellationToken;
        var run = Task.Run(
            () => pool.Run(
                new float[3 * 150 * 150],
                [1, 3, 150, 150],
                outputs =>
                {
                    running.Set();
                    go.Wait(TimeSpan.FromSeconds(20));
                    int length = outputs[0].Length; // read after Dispose was called: the memory must still be there
                    ended.Enqueue("run");
                    return length;
                },
                token),
            token);
        running.Wait(TimeSpan.FromSeconds(20), token).ShouldBeTrue();

        var dispose = Task.Run(
            () =>
            {
                pool.Dispose();
                ended.Enqueue("dispose");
            },
            token);
        (await Task.WhenAny(dispose, Task.Delay(TimeSpan.FromMilliseconds(200), token))).ShouldNotBeSameAs(dispose);
        go.Set();

        (await run.WaitAsync(TimeSpan.FromSeconds(20), token)).ShouldBe(128);
        await dispose.WaitAsync(TimeSpan.FromSeconds(20), token);
        ended.ShouldBe(["run", "dispose"]);
    }

    [Fact]
    public async Task Dispose_SessionInTheMaking_WaitsForIt()
    {
        string model = SharedMaterial.File("models", "mobileface_v2.onnx");
        using var making = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var token = TestContext.Current.CancellationToken;
        var pool = new InferenceSessionPool(
            "slow",
            () =>
            {
                making.Set();
                go.Wait(TimeSpan.FromSeconds(20));
                return model;
            },
            Cpu);
        var load = Task.Run(pool.Load, token);
        making.Wait(TimeSpan.FromSeconds(20), token).ShouldBeTrue();

        var dispose = Task.Run(pool.Dispose, token);
        (await Task.WhenAny(dispose, Task.Delay(TimeSpan.FromMilliseconds(200), token))).ShouldNotBeSameAs(dispose);
        go.Set();

        await load.WaitAsync(TimeSpan.FromSeconds(20), token);
        await dispose.WaitAsync(TimeSpan.FromSeconds(20), token);
        Should.Throw<ObjectDisposedException>(() => Run(pool));
    }

    [Fact]
    public void Run_CancelledHalfway_EndsLongBeforeTheRunWould()
    {
        using var pool = new InferenceSessionPool("long", () => SharedMaterial.File("models", "dlib_resnet.onnx"), Cpu);
        SharedMaterial.Require();
        long start = Stopwatch.GetTimestamp();
        RunDlib(pool, TestContext.Current.CancellationToken).ShouldBe(128 * LongBatch);
        var whole = Stopwatch.GetElapsedTime(start);
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        start = Stopwatch.GetTimestamp();
        cancellation.CancelAfter(whole / 10);
        Should.Throw<OperationCanceledException>(() => RunDlib(pool, cancellation.Token));

        Stopwatch.GetElapsedTime(start).ShouldBeLessThan(whole / 2);
    }

    private static int RunDlib(InferenceSessionPool pool, CancellationToken cancellationToken) =>
        pool.Run(new float[LongBatch * 3 * 150 * 150], [LongBatch, 3, 150, 150], static outputs => outputs[0].Length, cancellationToken);

    private static int Run(InferenceSessionPool pool) =>
        pool.Run(new float[3 * 112 * 112], _shape, static outputs => outputs[0].Length, TestContext.Current.CancellationToken);
}
