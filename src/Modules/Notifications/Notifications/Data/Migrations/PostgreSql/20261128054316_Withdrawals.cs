using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Beat.Messaging.Notifications.Data.Migrations.PostgreSql
{
    /// <inheritdoc />
    internal partial class Withdrawals : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AlterColumn<Guid>(
                name: "inviter_id",
                schema: "notifications",
                table: "replica_invites",
                type: "uuid",
                nullable: true,
                oldClrType: typeof(Guid),
                oldType: "uuid");

            migrationBuilder.AddColumn<bool>(
                name: "is_closed",
                schema: "notifications",
                table: "replica_invites",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<Guid>(
                name: "group_id",
                schema: "notifications",
                table: "notifications",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "is_withdrawn",
                schema: "notifications",
                table: "notifications",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "counted",
                schema: "notifications",
                table: "folds",
                type: "text",
                nullable: false,
                defaultValue: "");

            // What is told already is withdrawn like what is to come: by its group, and by the invite that it speaks of.
            migrationBuilder.Sql("UPDATE notifications.notifications SET group_id = (data::json ->> 'group_id')::uuid WHERE type IN ('group_invite', 'invite_accepted', 'role_changed', 'member_kicked', 'group_deleted', 'mention', 'reply', 'message', 'borrow', 'borrow_reminder') AND data::json ->> 'group_id' IS NOT NULL");
            migrationBuilder.Sql("UPDATE notifications.notifications SET source_id = 'invite:' || (data::json ->> 'invite_id') || ':' || source_id WHERE type = 'group_invite' AND data::json ->> 'invite_id' IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_notifications_group_id_is_read",
                schema: "notifications",
                table: "notifications",
                columns: new[] { "group_id", "is_read" });

            migrationBuilder.CreateIndex(
                name: "ix_notifications_source_id",
                schema: "notifications",
                table: "notifications",
                column: "source_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_notifications_group_id_is_read",
                schema: "notifications",
                table: "notifications");

            migrationBuilder.DropIndex(
                name: "ix_notifications_source_id",
                schema: "notifications",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "is_closed",
                schema: "notifications",
                table: "replica_invites");

            migrationBuilder.DropColumn(
                name: "group_id",
                schema: "notifications",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "is_withdrawn",
                schema: "notifications",
                table: "notifications");

            migrationBuilder.DropColumn(
                name: "counted",
                schema: "notifications",
                table: "folds");

            migrationBuilder.AlterColumn<Guid>(
                name: "inviter_id",
                schema: "notifications",
                table: "replica_invites",
                type: "uuid",
                nullable: false,
                defaultValue: new Guid("00000000-0000-0000-0000-000000000000"),
                oldClrType: typeof(Guid),
                oldType: "uuid",
                oldNullable: true);
        }
    }
}
