using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Notifications.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class Preferences : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "actor_name",
                schema: "notifications",
                table: "notifications",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "updates",
                schema: "notifications",
                table: "notifications",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "folds",
                schema: "notifications",
                columns: table => new
                {
                    group_id = table.Column<Guid>(type: "uuid", nullable: false),
                    profile_id = table.Column<Guid>(type: "uuid", nullable: false),
                    seq = table.Column<long>(type: "bigint", nullable: false),
                    notification_id = table.Column<Guid>(type: "uuid", nullable: true),
                    count = table.Column<int>(type: "integer", nullable: false),
                    first_seq = table.Column<long>(type: "bigint", nullable: false),
                    last_seq = table.Column<long>(type: "bigint", nullable: false),
                    told_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    due_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_folds", x => new { x.group_id, x.profile_id });
                });

            migrationBuilder.CreateTable(
                name: "preferences",
                schema: "notifications",
                columns: table => new
                {
                    group_id = table.Column<Guid>(type: "uuid", nullable: false),
                    profile_id = table.Column<Guid>(type: "uuid", nullable: false),
                    level = table.Column<int>(type: "integer", nullable: false),
                    muted_until = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_preferences", x => new { x.group_id, x.profile_id });
                });

            migrationBuilder.CreateIndex(
                name: "ix_notifications_actor_id",
                schema: "notifications",
                table: "notifications",
                column: "actor_id");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_recipient_id_reference_id",
                schema: "notifications",
                table: "notifications",
                columns: new[] { "recipient_id", "reference_id" },
                unique: true,
                filter: "type = 'message' AND NOT is_read");

            migrationBuilder.CreateIndex(
                name: "ix_folds_due_at",
                schema: "notifications",
                table: "folds",
                column: "due_at",
                filter: "due_at IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_folds_profile_id",
                schema: "notifications",
                table: "folds",
                column: "profile_id");

            migrationBuilder.CreateIndex(
                name: "ix_preferences_group_id_level",
                schema: "notifications",
                table: "preferences",
                columns: new[] { "group_id", "level" });

            migrationBuilder.CreateIndex(
                name: "ix_preferences_profile_id",
                schema: "notifications",
                table: "preferences",
                column: "profile_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "folds",
                schema: "notifications");

            migrationBuilder.DropTable(
                name: "preferences",
                schema: "notifications");

            migrationBuilder.DropIndex(
                name: "ix_notifications_actor_id",
                schema: "notifications",
                table: "notifications");

            migrationBuilder.DropIndex(
                name: "ix_notifications_recipient_id_reference_id",
                schema: "notifications",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "actor_name",
                schema: "notifications",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "updates",
                schema: "notifications",
                table: "notifications");
        }
    }
}
