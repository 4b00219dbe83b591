using System.Globalization;
using FaceAspire.Testing.Load;
using FaceAspire.Tests.EndToEnd.Faults;

namespace FaceAspire.Tests.EndToEnd.Load;

/// <summary>Twice the capacity, sent without waiting for answers. The exact bars are the benchmark's (<c>overload</c>), which wants a quiet machine; these hold on a busy one, and fail when
/// requests queue without a bound (a second and more of waiting), when refusing costs as much as working, or when something is left behind.</summary>
[Collection(FaultGroup.Name)]
public sealed class OverloadTests(BriefQueueSet set, ITestOutputHelper output) : IClassFixture<BriefQueueSet>
{
    private const string SecondsVariable = "FACEASPIRE_OVERLOAD_SECONDS";

    // What a machine that has much else to do may add to the slowest in a hundred.
    private const double BusyMachineMilliseconds = 800;

    private static readonly TimeSpan _calm = TimeSpan.FromSeconds(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Verify_TwiceTheCapacity_RefusesTheRestAtOnceAndIsAsBeforeAfterwards()
    {
        var duration = TimeSpan.FromSeconds(int.Parse(Environment.GetEnvironmentVariable(SecondsVariable) is { Length: > 0 } text ? text : "8", CultureInfo.InvariantCulture));
        using var load = set.NewLoad();
        await set.WaitForSuccessAsync(load);

        var measured = await OverloadMeasurement.RunAsync(load, Environment.ProcessorCount + 1, set.Memory, _calm, duration, Token);
        output.WriteLine(measured.ToString());

        var overload = measured.Overload;
        overload.Failed.Count.ShouldBeGreaterThan(overload.Outcomes.Count / 20, "the capacity was not exceeded");
        overload.Failed.ShouldAllBe(static outcome => outcome.IsRefusal, overload.ToString());
        LoadResult.Percentile(overload.Failed, 50).ShouldBeLessThan(100, measured.ToString());
        measured.RefusedP99.ShouldBeLessThan(BusyMachineMilliseconds, measured.ToString());
        LoadResult.Percentile(overload.Accepted, 50).ShouldBeLessThan(6 * LoadResult.Percentile(measured.Before.Accepted, 50), measured.ToString()); // 2 by arithmetic
        measured.AcceptedP99.ShouldBeLessThan(Math.Max(3 * measured.UnloadedP99, BusyMachineMilliseconds), measured.ToString());
        overload.PerSecond.ShouldBeGreaterThan(measured.Capacity / 3, measured.ToString()); // work goes on
        measured.After.Failed.ShouldBeEmpty(measured.After.ToString());
        measured.AfterPart.ShouldBeLessThan(2, measured.ToString());
        (measured.MemoryGrowth / 1_048_576.0).ShouldBeLessThan(50, measured.ToString());
    }
}
