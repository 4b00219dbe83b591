using FaceAspire.Vision.Inference;

namespace FaceAspire.Vision.Tests.Inference;

public sealed class ComputeGateTests
{
    private static readonly TimeSpan _deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Run_OneSlot_RunsOneAfterTheOther()
    {
        using var gate = new ComputeGate(maxConcurrency: 1);
        using var release = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var token = TestContext.Current.CancellationToken;
        var running = gate.RunAsync(_ => Hold(started, release), token);
        started.Wait(_deadline, token).ShouldBeTrue();

        var waiting = gate.RunAsync(_ => release.IsSet ? 2 : 0, token);
        gate.Waiting.ShouldBe(1);
        release.Set();

        (await Task.WhenAll(running, waiting).WaitAsync(_deadline, token)).ShouldBe([1, 2]);
        gate.Waiting.ShouldBe(0);
    }

    [Fact]
    public async Task Run_TwoSlots_RunsSideBySide()
    {
        using var gate = new ComputeGate(maxConcurrency: 2);
        using var meeting = new Barrier(2);
        var token = TestContext.Current.CancellationToken;

        // Each waits for the other: only possible when both run at once, although one thread starts them.
        bool[] both = await Task.WhenAll(
            gate.RunAsync(stop => meeting.SignalAndWait(_deadline, stop), token),
            gate.RunAsync(stop => meeting.SignalAndWait(_deadline, stop), token));

        both.ShouldAllBe(static met => met);
    }

    [Fact]
    public async Task Run_CancelledWhileWaiting_LeavesTheQueueAndTheSlot()
    {
        using var gate = new ComputeGate(maxConcurrency: 1);
        using var release = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        using var leaving = new CancellationTokenSource();
        var token = TestContext.Current.CancellationToken;
        var running = gate.RunAsync(_ => Hold(started, release), token);
        started.Wait(_deadline, token).ShouldBeTrue();
        var waiting = gate.RunAsync(static _ => 2, leaving.Token);

        await leaving.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        gate.Waiting.ShouldBe(0);
        release.Set();
        await running;

        (await gate.RunAsync(static _ => 5, token).WaitAsync(_deadline, token)).ShouldBe(5);
    }

    [Fact]
    public async Task Run_WorkThrows_GivesTheSlotBack()
    {
        using var gate = new ComputeGate(maxConcurrency: 1);
        var token = TestContext.Current.CancellationToken;

        await Should.ThrowAsync<InvalidDataException>(() => gate.RunAsync<int>(static _ => throw new InvalidDataException(), token));

        (await gate.RunAsync(static _ => 5, token).WaitAsync(_deadline, token)).ShouldBe(5);
    }

    private static int Hold(ManualResetEventSlim started, ManualResetEventSlim release)
    {
        started.Set();
        release.Wait(_deadline);
        return 1;
    }
}
