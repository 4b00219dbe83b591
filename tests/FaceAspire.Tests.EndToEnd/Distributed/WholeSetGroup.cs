namespace FaceAspire.Tests.EndToEnd.Distributed;

/// <summary>The tests that share one <see cref="WholeSet"/>. They run one after another: some of them stop a part of it for a while.</summary>
[CollectionDefinition(Name)]
public sealed class WholeSetGroup : ICollectionFixture<WholeSet>
{
    public const string Name = "whole set";
}
