namespace FaceAspire.Tests.EndToEnd.Faults;

/// <summary>Services with a second replica: clients notice a killed one for a moment, and an orderly end not at all.</summary>
[Collection(FaultGroup.Name)]
public sealed class ReplicaTests(TwinSet set) : IClassFixture<TwinSet>
{
    // By then the gateway and recognition have met the missing replica, and the requests that were in it are lost.
    private static readonly TimeSpan _moment = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan _pause = TimeSpan.FromMilliseconds(10);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("recognition-1")]
    [InlineData("detection-1")]
    public async Task Verify_OneOfTwoReplicasKilled_NoRequestFailsAfterAMomentAndItIsUsedAgain(string name)
    {
        var replica = set.Set[name];
        using var load = await RunningLoad.StartAsync(set, clients: 4, _pause);

        await replica.KillAsync();
        var killed = load.Now;
        await load.AnswersAsync(killed + _moment + TimeSpan.FromSeconds(2), 20); // longer than it is taken for absent
        int served = replica.Lines.Count;
        await replica.RestartAsync(Token);
        await FaultSet.WaitUntilAsync(
            () => Task.FromResult(replica.Lines.Skip(served).Any(static line => line.Contains("answered 200", StringComparison.Ordinal))), FaultSet.Recovery, () => $"{name} is not used again");
        var result = await load.StopAsync();

        result.Failed.ShouldAllBe(static outcome => outcome.IsRefusal, result.ToString());
        result.Failed.ShouldAllBe(outcome => outcome.Sent < killed + _moment, $"killed at {killed.TotalSeconds:F2} s\n{result}");
    }

    [Theory]
    [InlineData("recognition-1", 6)] // two polls of the gateway that time out
    [InlineData("detection-1", 3)] // the deadline of the first call that waits in vain
    public async Task Verify_OneOfTwoReplicasHangs_NextToNoRequestWaitsForItOnceThatIsNoticed(string name, int noticedAfterSeconds)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        var replica = set.Set[name];
        using var load = await RunningLoad.StartAsync(set, clients: 4, _pause);

        replica.Pause();
        var noticed = load.Now + TimeSpan.FromSeconds(noticedAfterSeconds) + _moment;
        try
        {
            await load.AnswersAsync(noticed + TimeSpan.FromSeconds(3), 20);
        }
        finally
        {
            replica.Continue();
        }

        var result = await load.StopAsync();
        var late = result.Outcomes.Where(outcome => outcome.Sent > noticed).ToList();

        result.Failed.ShouldAllBe(static outcome => outcome.Status == 504 || outcome.IsRefusal, result.ToString());
        late.Count(static outcome => !outcome.IsSuccess).ShouldBeLessThanOrEqualTo(4, result.ToString()); // one every two seconds asks whether it is back
    }

    [Theory]
    [InlineData("recognition")]
    [InlineData("detection")]
    public async Task Verify_BothReplicasRestartedInTurn_NoRequestFails(string service)
    {
        using var load = await RunningLoad.StartAsync(set, clients: 3, _pause);
        List<int> exits = [];
        foreach (var replica in set.Set.Services.Where(replica => replica.Resource == service))
        {
            exits.Add(await replica.TerminateAsync(Token));
            await load.AnswersAsync(load.Now, 10);
            replica.Start();
            await replica.WaitUntilReadyAsync(Token);

            // As an operator does: the next one when this one is in use, which /health/ready of the gateway tells.
            await FaultSet.WaitUntilAsync(async () => (await set.ReadinessAsync(service)).Said == "ok", FaultSet.Recovery, () => $"{replica.Name} does not come back");
            await load.AnswersAsync(load.Now + TimeSpan.FromSeconds(2), 10);
        }

        var result = await load.StopAsync();

        exits.ShouldBe([0, 0]);
        result.Failed.ShouldBeEmpty(result.ToString());
    }
}
