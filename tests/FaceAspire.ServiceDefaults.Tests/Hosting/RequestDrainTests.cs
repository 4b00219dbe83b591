using FaceAspire.ServiceDefaults.Hosting;

namespace FaceAspire.ServiceDefaults.Tests.Hosting;

public sealed class RequestDrainTests
{
    [Fact]
    public async Task Stopping_NoRequest_EndsAtOnce() =>
        await new RequestDrain(TimeProvider.System).StoppingAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

    [Fact]
    public async Task Stopping_RequestsRunning_WaitsForThemAndNotForLaterOnes()
    {
        var drain = new RequestDrain(TimeProvider.System);
        var first = drain.Enter();
        var second = drain.Enter();
        var stopping = drain.StoppingAsync(TestContext.Current.CancellationToken);
        using var later = drain.Enter();

        first.Dispose();
        stopping.IsCompleted.ShouldBeFalse();
        second.Dispose();

        await stopping.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stopping_ReadinessIsPolled_WaitsUntilTheBalancerHasBeenToldTwice()
    {
        var drain = new RequestDrain(TimeProvider.System);
        drain.Told();
        drain.IsStopping.ShouldBeFalse();
        var stopping = drain.StoppingAsync(TestContext.Current.CancellationToken);

        drain.IsStopping.ShouldBeTrue();
        drain.Told();
        (await Task.WhenAny(stopping, Task.Delay(TimeSpan.FromMilliseconds(300), TestContext.Current.CancellationToken))).ShouldNotBe(stopping);
        drain.Told();

        await stopping.WaitAsync(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken); // sooner than the polls are given up
    }

    [Fact]
    public async Task Stopping_PollsCeased_DoesNotWaitForMore()
    {
        var drain = new RequestDrain(TimeProvider.System);
        drain.Told();

        await drain.StoppingAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Stopping_PatienceEnds_GivesUpQuietly()
    {
        var drain = new RequestDrain(TimeProvider.System);
        using var running = drain.Enter();

        await drain.StoppingAsync(new CancellationToken(canceled: true));
    }
}
