using static Microsoft.Playwright.Assertions;

namespace Beat.Messaging.Browser.Tests;

/// <summary>What people write is shown as they wrote it, and never runs.</summary>
[Collection(TheConsole.Name)]
public sealed class PayloadTests(Console console)
{
    /// <summary>Each would set <c>pwned</c>, open a dialog, load or send something if it were taken for markup or code.</summary>
    private static readonly string[] Payloads =
    [
        "<script>pwned=1</script>",
        "<SCRIPT SRC=//127.0.0.1/x.js></SCRIPT>",
        "</script><script>pwned=1</script>",
        "<script type=module>pwned=1</script>",
        "<scr<script>ipt>pwned=1</scr</script>ipt>",
        "<img src=x onerror=pwned=1>",
        "<img src=x onerror=\"alert(1)\">",
        "<IMG SRC=`x` ONERROR=pwned=1>",
        "<img/src/onerror=pwned=1>",
        "<img srcset=x onerror=pwned=1>",
        "<svg onload=pwned=1>",
        "<svg><script>pwned=1</script></svg>",
        "<svg><animate onbegin=pwned=1 attributeName=x dur=1s>",
        "<svg><a xlink:href=\"javascript:pwned=1\"><text y=20>click</text></a></svg>",
        "<svg><foreignObject><iframe src=javascript:pwned=1></iframe></foreignObject></svg>",
        "<math><mtext><script>pwned=1</script></mtext></math>",
        "<body onload=pwned=1>",
        "<body onpageshow=pwned=1>",
        "<iframe src=javascript:pwned=1></iframe>",
        "<iframe srcdoc=\"<script>parent.pwned=1</script>\"></iframe>",
        "<object data=javascript:pwned=1></object>",
        "<embed src=javascript:pwned=1>",
        "<video><source onerror=pwned=1></video>",
        "<audio src=x onerror=pwned=1>",
        "<video poster=javascript:pwned=1></video>",
        "<input autofocus onfocus=pwned=1>",
        "<select autofocus onfocus=pwned=1>",
        "<textarea autofocus onfocus=pwned=1>",
        "<details open ontoggle=pwned=1>",
        "<marquee onstart=pwned=1>",
        "<dialog open onclose=pwned=1><form method=dialog>",
        "<form action=javascript:pwned=1><input type=submit>",
        "<button formaction=javascript:pwned=1>x</button>",
        "<isindex action=javascript:pwned=1 type=image>",
        "<a href=\"javascript:pwned=1\">click</a>",
        "<a href=\"data:text/html,<script>pwned=1</script>\">click</a>",
        "<base href=//127.0.0.1:1/>",
        "<link rel=stylesheet href=//127.0.0.1:1/x.css>",
        "<style>@import '//127.0.0.1:1/x.css';</style>",
        "<style>*{display:none}</style>",
        "<meta http-equiv=refresh content=\"0;url=javascript:pwned=1\">",
        "<div style=\"background:url(javascript:pwned=1)\">x</div>",
        "<div style=\"position:fixed;inset:0\" onmouseover=pwned=1>x</div>",
        "<template><script>pwned=1</script></template>",
        "<noscript><p title=\"</noscript><img src=x onerror=pwned=1>\">",
        "<!--><img src=x onerror=pwned=1>-->",
        "<![CDATA[<script>pwned=1</script>]]>",
        "<?xml version=1?><script>pwned=1</script>",
        "\"><script>pwned=1</script>",
        "'><img src=x onerror=pwned=1>",
        "\" onmouseover=\"pwned=1",
        "' onfocus='pwned=1' autofocus='",
        "javascript:pwned=1",
        "javascript&colon;pwned=1",
        "JaVaScRiPt:pwned=1//https://example.org/",
        "https://example.org/\"onmouseover=\"pwned=1",
        "https://example.org/<img src=x onerror=pwned=1>",
        "data:text/html;base64,PHNjcmlwdD5wd25lZD0xPC9zY3JpcHQ+",
        "vbscript:msgbox(1)",
        "&lt;script&gt;pwned=1&lt;/script&gt;",
        "&#60;script&#62;pwned=1&#60;/script&#62;",
        "\\u003cscript\\u003epwned=1\\u003c/script\\u003e",
        "%3Cscript%3Epwned=1%3C/script%3E",
        "${pwned=1}",
        "{{constructor.constructor('pwned=1')()}}",
        "#{pwned=1}",
        "__proto__",
        "constructor[prototype][pwned]=1",
        "[x](javascript:pwned=1)",
        "![x](x\"onerror=\"pwned=1)",
        "<img src=\"x` `<script>pwned=1</script>\"` `>",
        "\u202e<script>pwned=1</script>\u202c",
        "<\u200bscript>pwned=1</script>",
        "﹤script﹥pwned=1﹤/script﹥",
        "＜script＞pwned=1＜/script＞",
    ];

    [SkippableFact]
    public async Task No_payload_runs_wherever_it_is_shown()
    {
        Assert.True(Payloads.Distinct().Count() >= 50);
        await using var ana = await console.Person("<img src=x onerror=pwned=1>");
        await ana.CreateGroup("\"><script>pwned=1</script>", isPublic: true);
        var group = ana.GroupId;
        var rui = await console.Service.Person("<svg onload=pwned=1>");
        (await rui.Post($"/api/groups/{group}/join")).Expect(201);
        foreach (var payload in Payloads)
            await rui.SendText(group, payload);
        await ana.Sees(Payloads[^1]);

        // Also as mention, quote, name in a list, notification and toast.
        (await rui.Post(
            $"/api/groups/{group}/messages",
            new { content = "@<img src=x onerror=pwned=1>", mentions = new[] { await ana.ProfileId() } })).Expect(201);
        await Expect(ana.Log.Locator(".mention")).ToHaveTextAsync("@<img src=x onerror=pwned=1>");
        await ana.Do("Reply", Payloads[0]);
        await ana.Send("Quoted");
        await Expect(ana.Message("Quoted").Locator(".quote span")).ToHaveTextAsync(Payloads[0]);
        await ana.OpenAbout();
        await Expect(ana.About.GetByText("<svg onload=pwned=1>")).ToBeVisibleAsync();
        await ana.Input.PressSequentiallyAsync("@<svg");
        await Expect(
            ana.Page.GetByRole(Microsoft.Playwright.AriaRole.Listbox, new() { Name = "Members" })
                .GetByRole(Microsoft.Playwright.AriaRole.Option)).ToHaveTextAsync("<svg onload=pwned=1>");
        var other = await rui.CreateGroup("<details open ontoggle=pwned=1>");
        (await rui.Post($"/api/groups/{other}/invites", new { invitee_id = await ana.ProfileId() })).Expect(201);
        await Expect(ana.Page.GetByText("<svg onload=pwned=1> invites you to <details open ontoggle=pwned=1>"))
            .ToBeVisibleAsync();
        await ana.Button("Notifications, 1 unread").ClickAsync();
        await Expect(ana.Dialog.GetByRole(Microsoft.Playwright.AriaRole.Listitem)).ToHaveCountAsync(1);

        await ana.Dialog.GetByLabel("Close").ClickAsync();

        // Who reacted, what was found, what somebody calls a garment.
        var plain = (await rui.SendText(group, "Plain"))["id"];
        (await rui.Put($"/api/groups/{group}/messages/{plain}/reactions/%F0%9F%91%8D")).Expect(200);
        await Expect(ana.Reaction("Plain", "👍")).ToHaveAccessibleNameAsync("👍 1: <svg onload=pwned=1>");
        Assert.Equal(
            400, (await rui.Put($"/api/groups/{group}/messages/{plain}/reactions/{Uri.EscapeDataString("<b>👍")}")).Status);
        await ana.Button("Search").ClickAsync();
        await ana.Dialog.GetByRole(Microsoft.Playwright.AriaRole.Searchbox).FillAsync("<img src=x onerror=pwned");
        await Expect(ana.Dialog.Locator(".said mark").First).ToBeVisibleAsync();
        Assert.Equal(0, await ana.Dialog.Locator(".said :not(mark)").CountAsync());
        Assert.All(await ana.Dialog.Locator(".said").AllInnerTextsAsync(),
            said => Assert.Contains("onerror", said, StringComparison.OrdinalIgnoreCase));
        await ana.Dialog.GetByLabel("Close").ClickAsync();
        await ana.Button("Borrow or lend a garment").ClickAsync();
        await ana.Dialog.GetByLabel("Garment id").FillAsync("<img src=x onerror=pwned=1>");
        await ana.Dialog.GetByLabel("A few words").FillAsync("<img src=x onerror=pwned=1>");
        await ana.Button("Post it").ClickAsync();
        await Expect(ana.Dialog.Locator("#fault-garment_id")).Not.ToBeEmptyAsync();
        await ana.Dialog.GetByLabel("Close").ClickAsync();

        // Shown as written, in full.
        var words = await ana.Log.Locator(".message .words").EvaluateAllAsync<string[]>("all => all.map(one => one.textContent)");
        Assert.Equal(Payloads, words[..Payloads.Length]);
        Assert.Equal(0, await ana.Log.Locator(".words :not(a, b)").CountAsync());
        var links = await ana.Log.Locator(".words a").EvaluateAllAsync<string[]>("all => all.map(one => one.protocol)");
        Assert.All(links, protocol => Assert.Equal("https:", protocol));
        Assert.Equal("undefined", await ana.Page.EvaluateAsync<string>("() => typeof window.pwned"));
        Assert.Empty(ana.Faults);
    }

    [SkippableFact]
    public async Task The_policy_lets_nothing_inline_run()
    {
        await using var ana = await console.Person("Ana");
        await ana.Page.EvaluateAsync("() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"pwned=1\">')");
        await Until.True(
            () => ana.Faults.Any(fault => fault.Contains("Content Security Policy", StringComparison.Ordinal)),
            "the browser to refuse it");
        Assert.Equal("undefined", await ana.Page.EvaluateAsync<string>("() => typeof window.pwned"));
    }
}
