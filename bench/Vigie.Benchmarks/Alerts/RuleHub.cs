using Microsoft.Extensions.DependencyInjection;
using Vigie.Hub;
using Vigie.Hub.Commands;
using Vigie.Hub.Configuration;

namespace Vigie.Benchmarks.Alerts;

/// <summary>The hub's parts without the web and the loops, over a folder of its own.</summary>
sealed class RuleHub : IAsyncDisposable
{
    readonly DirectoryInfo _folder;
    readonly ServiceProvider _services;

    RuleHub(DirectoryInfo folder, ServiceProvider services) => (_folder, _services) = (folder, services);

    public static RuleHub Start(TimeProvider time)
    {
        var folder = Directory.CreateTempSubdirectory("vigie-bench-");
        var data = new DataFolder(folder.FullName);
        InitCommand.Init(data, time);
        return new(folder, HubServices.Add(new ServiceCollection(), data, ConfigLoader.Load(data.Config), time).BuildServiceProvider());
    }

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
