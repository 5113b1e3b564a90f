using Beat.Messaging.Shared.Events.Modules;
using Beat.Messaging.Widgets.CreateWidget;
using Beat.Messaging.Widgets.ListWidgets;
using Beat.Messaging.Widgets.Pushes;
using Beat.Messaging.Widgets.Subscriptions;
using Microsoft.Extensions.DependencyInjection;

namespace Beat.Messaging.Widgets;

/// <summary>Widgets of groups.</summary>
public sealed class WidgetsModule : IModule
{
    public string Name => "widgets";

    public void Register(IServiceCollection services) => services.AddModule(Name)
        .Store<WidgetsContext, SqliteWidgetsContext>()
        .Slice<CreateWidgetEndpoint, CreateWidget.CreateWidget>()
        .Slice<ListWidgetsEndpoint, ListWidgets.ListWidgets>()
        .Allows(WidgetCapabilities.All)
        .Publishes<WidgetCreated>("widget_created", GroupTopics.Events, e => e.GroupId)
        .KeepsMemberships<WidgetsContext, OnMembershipChanged>()
        .Pushes<WidgetCreated, PushWidgetCreated>()
        .Sends<WidgetResponse>("WidgetCreated")
        .Exports<WidgetsExport>();
}
