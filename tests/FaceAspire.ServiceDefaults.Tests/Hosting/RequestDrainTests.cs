using FaceAspire.ServiceDefaults.Hosting;

namespace FaceAspire.ServiceDefaults.Tests.Hosting;

public sealed class RequestDrainTests
{
    [Fact]
    public async Task Stopping_NoRequest_EndsAtOnce() =>
        await new RequestDrain().StoppingAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);

    [Fact]
    public async Task Stopping_RequestsRunning_WaitsForThemAndNotForLaterOnes()
    {
        var drain = new RequestDrain();
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
    public async Task Stopping_PatienceEnds_GivesUpQuietly()
    {
        var drain = new RequestDrain();
        using var running = drain.Enter();

        await drain.StoppingAsync(new CancellationToken(canceled: true));
    }
}
